import { html, raw } from "hono/html";
import type { Customer } from "../customers.ts";
import { pageFile } from "../page-files.ts";
import { logo } from "./art.ts";
import { withNonce } from "./messenger.ts";

export type Markup = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  /** Path and query, to come back to after signing in. */
  readonly address: string;
  readonly customer: Customer | null;
  readonly main: Markup;
  /**
   * HTML of the filled snippet, and of what the page adds to it; null: a page without the messenger, and so without
   * the sign-out, which tells the messenger first.
   */
  readonly messenger: string | null;
  /** Customers of this page have no account at the shop. Default: false. */
  readonly signsInElsewhere?: boolean;
  readonly nonce?: string;
  readonly styles?: readonly string[];
  readonly scripts?: readonly string[];
}

export function layout(page: Page): Markup {
  const { customer, nonce, messenger } = page;
  const withItsNonce = (markup: string) => (nonce === undefined ? markup : withNonce(markup, nonce));
  const signIn = page.signsInElsewhere ? [] : ["sign-in.js"];
  const scripts = messenger === null ? [] : ["shop.js", ...signIn, ...(page.scripts ?? [])];
  // Before anything can be reported, somebody has to listen: the recorder follows the snippet at once.
  const inline = messenger === null ? "" : `${messenger}\n<script>${pageFile("recorder.js")}</script>`;
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
    <title>${page.title}</title>
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="/pages/icon.svg" type="image/svg+xml">
    ${["shop.css", ...(page.styles ?? [])].map((file) => html`<link rel="stylesheet" href="/pages/${file}">`)}
    ${scripts.map((file) => html`<script src="/pages/${file}" defer${nonce === undefined ? "" : html` nonce="${nonce}"`}></script>`)}
  </head>
  <body>
    <div class="shop">
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top">
        <a class="home" href="/">${logo()}<span>Acme Outdoor</span></a>
        <nav aria-label="Shop">
          <a class="top-link" href="/#gear">Gear</a>
          <a class="top-link" href="/try">Try the messenger</a>
        </nav>
        ${messenger === null ? "" : account(customer, page.address)}
      </header>
      <main id="main">${page.main}</main>
      <footer class="bottom">
        <p>Acme Outdoor sells nothing. It is the demo of Vouch, web messaging that knows who it is talking to.</p>
      </footer>
    </div>
    ${raw(withItsNonce(inline))}
  </body>
</html>`;
}

function account(customer: Customer | null, address: string): Markup {
  return html`<div class="account">
    <a class="button" href="/sign-in?to=${encodeURIComponent(address)}" data-signed-out ${customer ? "hidden" : ""}>Sign in</a>
    <form method="post" action="/sign-out" data-signed-in data-sign-out ${customer ? "" : "hidden"}>
      <input type="hidden" name="to" value="${address}">
      <span class="account-name" data-customer-name>${customer?.name ?? ""}</span>
      <button class="button">Sign out</button>
    </form>
  </div>`;
}
