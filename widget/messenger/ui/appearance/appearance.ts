import type { Appearance, DeploymentInfo } from "../../../../shared/protocol.ts";
import type { HostSettings } from "../../../bridge/messages.ts";
import { legible, textOn } from "./contrast.ts";

/** The bubbles of other people: the least contrasting background that accent-coloured text stands on. Kept equal to `base.css`. */
const bubble = { light: "#f1f3f6", dark: "#262a31" };

/** The deployment's look with what the page asks for in front. */
export const effectiveAppearance = (deployment: DeploymentInfo, settings: HostSettings): Appearance => ({
  ...deployment.appearance,
  ...settings.appearance,
});

/**
 * Sets theme and accent on the document's element. Through the CSSOM: the frame's Content-Security-Policy allows no inline
 * style in markup.
 */
export function applyAppearance(element: HTMLElement, { theme, accent }: Appearance): void {
  element.dataset.theme = theme;
  element.style.setProperty("--accent", accent);
  element.style.setProperty("--on-accent", textOn(accent));
  element.style.setProperty("--accent-on-light", legible(accent, bubble.light));
  element.style.setProperty("--accent-on-dark", legible(accent, bubble.dark));
}
