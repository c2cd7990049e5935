import { html } from "hono/html";
import type { Customer } from "../customers.ts";
import { type Product, priceOf, products } from "../products.ts";
import { scenarios } from "../scenarios.ts";
import { heroArt, productArt } from "./art.ts";
import type { Markup } from "./layout.ts";

export const home = (customer: Customer | null): Markup => html`
  <section class="hero">
    ${heroArt()}
    <div class="hero-text">
      <h1>${customer ? `Welcome back, ${customer.name.split(" ")[0]}` : "Gear that comes back with you"}</h1>
      <p>${customer ? `You are in the ${customer.plan}. Ask us anything: we know who is asking.` : "Few things, made well, mended free of charge. Questions? Somebody who has slept outside answers."}</p>
      <div class="row">
        <a class="button primary" href="#gear">See the gear</a>
        <button class="button" type="button" data-call="open">Ask us</button>
      </div>
    </div>
  </section>
  <section id="gear" aria-labelledby="gear-title">
    <h2 id="gear-title">The gear</h2>
    <ul class="products">${products.map((product) => html`<li>${card(product)}</li>`)}</ul>
  </section>
  <section aria-labelledby="try-title">
    <h2 id="try-title">Try the messenger</h2>
    <p class="lead">Five ways to tell it who is here, and three pages that make life hard for it.</p>
    ${scenarioCards()}
  </section>`;

const card = (product: Product): Markup => html`
  <a class="product" href="/products/${product.slug}">
    <span class="picture">${productArt(product.slug)}${product.badge ? html`<span class="tag">${product.badge}</span>` : ""}</span>
    <span class="product-text">
      <span class="kind">${product.kind}</span>
      <strong>${product.name}</strong>
      <span class="pitch">${product.pitch}</span>
    </span>
    <span class="price">${priceOf(product)}</span>
  </a>`;

export const scenarioCards = (): Markup =>
  html`<ul class="scenarios">${scenarios.map(
    ({ slug, title, teaser }) =>
      html`<li><a class="scenario" href="/try/${slug}"><strong class="scenario-title">${title}</strong><span class="scenario-teaser">${teaser}</span></a></li>`,
  )}</ul>`;

export const productPage = (product: Product): Markup => html`
  <nav class="crumbs" aria-label="Path"><a href="/">Acme Outdoor</a> <span aria-hidden="true">/</span> <span>${product.name}</span></nav>
  <div class="detail">
    <div class="picture">${productArt(product.slug)}</div>
    <div>
      <p class="kind">${product.kind}</p>
      <h1>${product.name}</h1>
      <p class="lead">${product.pitch}</p>
      <ul class="facts">${product.details.map((detail) => html`<li>${detail}</li>`)}</ul>
      <p class="price">${priceOf(product)}</p>
      <button class="button primary" type="button" data-call="open">Ask about the ${product.name}</button>
    </div>
  </div>`;
