/** What a customer sees of Acme ID. */

import { html, raw } from "hono/html";
import { everyone } from "../shop/customers.ts";
import { pageFile } from "../shop/page-files.ts";

type Markup = ReturnType<typeof html>;

const page = (title: string, main: Markup): string =>
  String(html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Acme ID</title>
    <style>${raw(pageFile("provider.css"))}</style>
  </head>
  <body>
    <main class="card">
      <p class="brand"><span class="mark" aria-hidden="true">A</span> Acme ID</p>
      <h1>${title}</h1>
      ${main}
    </main>
    <p class="foot">An OpenID provider for the demo. Nobody here has a password.</p>
  </body>
</html>`);

/** @param isFirst whether nobody is signed in here yet */
export const signInPage = (isFirst: boolean): string =>
  page(
    isFirst ? "Sign in" : "Go on as",
    html`<form method="post">
      ${everyone.map(
        ({ id, name, email }) => html`<button class="person" name="customer" value="${id}">
        <span class="face" aria-hidden="true">${name.charAt(0)}</span>
        <span><strong>${name}</strong><br><span class="quiet">${email}</span></span>
      </button>`,
      )}
      <button class="link" name="customer" value="">Not now</button>
    </form>`,
  );

/** @param form the provider's own, to be submitted by a button that belongs to it */
export const signOutPage = (form: string): string =>
  page(
    "Sign out of Acme ID?",
    html`${raw(form)}
    <p class="quiet">Every site that you signed in to with Acme ID is told.</p>
    <button class="action" type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
    <button class="link" type="submit" form="op.logoutForm">Stay signed in</button>`,
  );

export const signedOutPage = (shopUrl: string): string =>
  page("You are signed out", html`<a class="action" href="${shopUrl}/">Back to the shop</a>`);

export const troublePage = (reason: string): string =>
  page("That did not work", html`<p>${reason}</p><p class="quiet">Go back and begin again.</p>`);
