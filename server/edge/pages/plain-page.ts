import { createHash } from "node:crypto";
import { escapeHtml, htmlResponse } from "./html.ts";

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem }
h1 { font-size: 1.4rem; line-height: 1.25 }
code { font-size: .95em }
dt { font-weight: 600; margin-top: 1rem }
dd { margin: 0 }
`;

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * A page to read: no script, framed by nobody.
 *
 * @param body HTML, already escaped
 */
export function plainPage(title: string, body: string, status = 200): Response {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>
`;
  return htmlResponse(html, policy, { status });
}
