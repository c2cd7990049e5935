import type { Appearance, DeploymentInfo } from "../../../../shared/protocol.ts";
import type { HostSettings } from "../../../bridge/messages.ts";
import { legible, textOn } from "./contrast.ts";

export type Scheme = "light" | "dark";

/** The bubbles of other people: the background that accent-coloured text has least contrast to. Kept equal to `base.css`. */
const bubble: Readonly<Record<Scheme, string>> = { light: "#f1f3f6", dark: "#262a31" };

/** The deployment's look with what the page asks for in front. */
export const effectiveAppearance = (deployment: DeploymentInfo, settings: HostSettings): Appearance => ({
  ...deployment.appearance,
  ...settings.appearance,
});

/**
 * Sets scheme and accent on the document's element. Through the CSSOM: the frame's Content-Security-Policy allows no inline
 * style in markup.
 * @param preferred the scheme of the customer's device, for the theme `auto`
 */
export function applyAppearance(
  { dataset, style }: HTMLElement,
  appearance: Appearance,
  preferred: Scheme,
): void {
  const { theme, accent } = appearance;
  const scheme = theme === "auto" ? preferred : theme;
  dataset.scheme = scheme;
  style.setProperty("--accent", accent);
  style.setProperty("--on-accent", textOn(accent));
  style.setProperty("--accent-ink", legible(accent, bubble[scheme]));
}
