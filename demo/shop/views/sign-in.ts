import { html } from "hono/html";
import { everyone } from "../customers.ts";
import type { Markup } from "./layout.ts";

export const signInPage = (to: string): Markup => html`
  <section class="sign-in">
    <h1>Who are you today?</h1>
    <p class="lead">This is a demo: nobody here has a password.</p>
    <div class="people">${everyone.map(
      (customer) => html`
      <form method="post" action="/sign-in">
        <input type="hidden" name="to" value="${to}">
        <button class="person" name="customer" value="${customer.id}">
          <span class="face face-${customer.id}" aria-hidden="true">${customer.name.charAt(0)}</span>
          <strong>${customer.name}</strong>
          <span class="person-note">${customer.city} · ${customer.plan}</span>
        </button>
      </form>`,
    )}
    </div>
    <p><a href="${to}">Stay a visitor</a></p>
  </section>`;
