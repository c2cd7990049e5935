import { readFileSync } from "node:fs";
import type { ProblemError } from "../../../shared/problem-error.ts";
import { createStaticFile } from "../static/static-file.ts";
import { escapeHtml, htmlResponse, scriptJson } from "./html.ts";

export const refusedScriptPath = "/refused.js";

/** Served as it stands: a page this small needs no build. */
export const refusedScript = createStaticFile(
  readFileSync(new URL("refused-page.browser.js", import.meta.url)),
  "text/javascript; charset=utf-8",
);

/**
 * In the place of the messenger where there is none: says so, and tells the host page the code.
 *
 * @param frameAncestors source expressions; empty: framed by nobody
 */
export function refusedPage(problem: ProblemError, frameAncestors: readonly string[]): Response {
  const { code, message } = problem;
  const { fix, status } = problem.kind;
  const refusal = { code, message: `${message} ${fix}`, retryable: false };
  const title = "This messenger is not available";
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `frame-ancestors ${frameAncestors.join(" ") || "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title}</title>
<script type="application/json" id="vouch-refusal">${scriptJson(refusal)}</script>
<script type="module" src="${refusedScriptPath}"></script></head>
<body><main><h1>${title}</h1><p>${escapeHtml(message)}</p><p>${escapeHtml(fix)}</p></main></body></html>
`;
  return htmlResponse(html, policy, {
    status,
    headers: { "Cross-Origin-Resource-Policy": "cross-origin" },
  });
}
