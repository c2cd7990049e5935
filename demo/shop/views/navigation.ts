import { html, raw } from "hono/html";
import type { Markup } from "./layout.ts";

const views: Readonly<Record<string, { readonly title: string; readonly text: string }>> = {
  catalogue: {
    title: "Catalogue",
    text: "Six things, because that is how many we can stand behind. A seventh is being tested on a ridge as you read this.",
  },
  delivery: {
    title: "Delivery",
    text: "Two days within the country, four within Europe, by train wherever there is one. You hear from us when it leaves, not before.",
  },
  repairs: {
    title: "Repairs",
    text: "Send it back dirty. We mend zips, poles, seams and stoves free of charge for ten years and at cost after that.",
  },
};

const firstView = "catalogue";

/** A small site of three pages; `data-visit` marks links that `navigation.js` follows without a reload. */
export function navigationView(name: string): Markup {
  const shown = views[name] ? name : firstView;
  const view = views[shown];
  return html`<section class="views" aria-labelledby="view-title">
    <nav aria-label="Views">
      <ul class="row">${Object.entries(views).map(
        ([slug, { title }]) =>
          html`<li><a class="button" data-visit href="/try/navigation?view=${slug}" ${slug === shown ? raw('aria-current="page"') : ""}>${title}</a></li>`,
      )}</ul>
    </nav>
    <h2 class="view-title" id="view-title">${view?.title}</h2>
    <p class="view-text">${view?.text}</p>
  </section>`;
}
