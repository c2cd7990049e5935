import type { Appearance } from "../../../../shared/protocol.ts";
import { legible, textOn } from "./contrast.ts";

/**
 * Sets scheme and accent on the document's element. Through the CSSOM: the frame's Content-Security-Policy allows no inline
 * style in markup.
 * @param prefersDark whether the customer's device does, for the theme `auto`
 */
export function applyAppearance(
  { dataset, style }: HTMLElement,
  { theme, accent }: Pick<Appearance, "theme" | "accent">,
  prefersDark: boolean,
): void {
  const scheme = theme !== "auto" ? theme : prefersDark ? "dark" : "light";
  dataset.scheme = scheme;
  style.setProperty("--accent", accent);
  style.setProperty("--on-accent", textOn(accent));
  style.setProperty("--accent-ink", legible(accent, scheme));
}
