import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ProblemError } from "../../../shared/problem-error.ts";
import { createStaticFile } from "../static/static-file.ts";
import { escapeHtml, htmlResponse, scriptJson } from "./html.ts";

/** What the pop-up ends with: a ticket for `POST /sessions`, or why there is none. */
export type SignInOutcome =
  | { readonly kind: "signedIn"; readonly ticket: string }
  | { readonly kind: "failed"; readonly problem: ProblemError };

export const signInScriptPath = "/oidc/sign-in.js";

/** Served as it stands: a page this small needs no build. */
export const signInScript = createStaticFile(
  readFileSync(new URL("sign-in-page.browser.js", import.meta.url)),
  "text/javascript; charset=utf-8",
);

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --page: #f4f5f7; --card: #fff; --text: #1b1f27; --quiet: #5b6472; --line: #e1e4ea; --accent: #0b5fff; --mark: #137a43 }
@media (prefers-color-scheme: dark) { :root { --page: #14171c; --card: #1e232b; --text: #eef0f4; --quiet: #a3acba; --line: #333a45; --accent: #6ea0ff; --mark: #5fce92 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--page); color: var(--text) }
main { width: 100%; max-width: 25rem; padding: 2rem 1.75rem; border: 1px solid var(--line); border-radius: 16px; background: var(--card); text-align: center }
svg { width: 48px; height: 48px; color: var(--mark) }
.failed svg { color: var(--quiet) }
h1 { margin: .75rem 0 .25rem; font-size: 1.25rem; line-height: 1.3 }
p { margin: .5rem 0 0; color: var(--quiet); overflow-wrap: anywhere }
.detail { margin-top: 1rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .875rem }
button { margin-top: 1.5rem; padding: .625rem 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: none; color: var(--accent); font: inherit; font-weight: 600; cursor: pointer }
button:hover { border-color: var(--accent) }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
`;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** The pop-up's last page: tells the messenger, and where that can't be, its reader. */
export function signInPage(outcome: SignInOutcome): Response {
  const signedIn = outcome.kind === "signedIn";
  const message = signedIn
    ? { vouch: "signIn", ticket: outcome.ticket }
    : { vouch: "signIn", error: outcome.problem.code };
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title><style>${style}</style>
<script type="application/json" id="vouch-sign-in">${scriptJson(message)}</script>
<script type="module" src="${signInScriptPath}"></script></head>
<body><main class="${signedIn ? "signedIn" : "failed"}" role="status">${signedIn ? signedInText : failedText(outcome.problem)}
<button type="button" id="close">Close this window</button></main></body></html>
`;
  return htmlResponse(html, policy, {
    status: signedIn ? 200 : statusOf(outcome.problem),
    headers: {
      "Cache-Control": "no-store",
      // Said, so that nobody tightens it: with any other value the messenger that opened the window can't be told.
      "Cross-Origin-Opener-Policy": "unsafe-none",
    },
  });
}

/** A 401 asks for credentials in a header (RFC 9110, section 15.5.2), which no page's reader has. */
const statusOf = ({ kind }: ProblemError): number => (kind.status === 401 ? 400 : kind.status);

const icon = (path: string): string =>
  `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="10"/><path d="${path}"/></svg>`;

const signedInText = `${icon("m8 12.5 2.75 2.75L16 9.5")}
<h1>You are signed in</h1>
<p id="closing">This window closes by itself.</p>
<p id="unanswered" hidden>You can close this window and go back to the page. If the messenger still asks you to sign in, your browser kept the two apart: allow pop-ups and cookies for this site, and try again.</p>`;

const failedText = (problem: ProblemError): string => `${icon("M12 7.5v5M12 16h.01")}
<h1>You could not be signed in</h1>
<p id="closing">Close this window, and try again from the messenger.</p><p id="unanswered" hidden></p>
<p class="detail">${escapeHtml(problem.message)}</p>`;
