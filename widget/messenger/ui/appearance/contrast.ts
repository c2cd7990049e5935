/** Colour arithmetic of WCAG 2.2 (SC 1.4.3, “relative luminance”): any accent that a site picks stays readable. */

type Rgb = readonly number[];

/** @returns 0 (black) to 1. Without the linear part near black, which changes less than 0.001; the bounds allow for it. */
const luminance = (rgb: Rgb): number =>
  rgb
    .map((channel) => ((channel / 255 + 0.055) / 1.055) ** 2.4)
    .reduce((sum, channel, i) => sum + channel * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0);

/** @param colour `#rrggbb` */
const parse = (colour: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** White as long as it has 4.5:1 on the colour, or else black, which then has more. */
export const textOn = (colour: string): "black" | "white" =>
  luminance(parse(colour)) > 0.18 ? "black" : "white";

/** The colour, brought towards white or black until it has 4.5:1 on the bubbles of `base.css`. */
export function legible(colour: string, scheme: "light" | "dark"): string {
  const isDark = scheme === "dark";
  let rgb = parse(colour);
  while (isDark ? luminance(rgb) < 0.285 : luminance(rgb) > 0.158)
    rgb = rgb.map((channel) => Math.round(channel + ((isDark ? 255 : 0) - channel) / 16));
  return `rgb(${rgb})`;
}
