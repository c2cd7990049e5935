import type { Entry } from "../static/bundles.ts";
import { escapeHtml } from "./html.ts";

/** The shell around one of our scripts. Everything visible is the script's work; styles come with it. */
export function appPage(page: {
  readonly title: string;
  /** Id of the element the script renders into. */
  readonly root: string;
  /** Path of the bundle's files, with a slash at the end. */
  readonly base: string;
  readonly entry: Entry;
  /** HTML for the head, already escaped. */
  readonly head?: string;
}): string {
  const { entry, base } = page;
  const preloads = entry.preload.map((file) => `<link rel="modulepreload" href="${base}${file}">`).join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<title>${escapeHtml(page.title)}</title>${page.head ?? ""}${preloads}
<script type="module" src="${base}${entry.script}"></script></head><body><div id="${page.root}"></div></body></html>
`;
}
