/** Colour arithmetic of WCAG 2.2: any accent a site picks stays readable. Colours are `#rrggbb`. */

type Rgb = readonly [red: number, green: number, blue: number];

/** SC 1.4.3, normal text. */
const minimum = 4.5;
const black = "#000000";
const white = "#ffffff";

/** @returns 1 (the same colour) to 21 (black on white); WCAG 2.2, “contrast ratio” */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on the background; never below 4.5:1. */
export const textOn = (background: string): string =>
  contrast(background, white) >= minimum || contrast(background, white) >= contrast(background, black)
    ? white
    : black;

/** The colour itself where it reads on the surface, or else the nearest one towards black or white that does. */
export function legible(colour: string, surface: string): string {
  const end = textOn(surface);
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, end, share);
    if (contrast(mixed, surface) >= minimum) return mixed;
  }
  return end;
}

function mix(from: string, to: string, share: number): string {
  const target = parse(to);
  const channels = parse(from).map((channel, i) =>
    Math.round(channel + ((target[i] ?? 0) - channel) * share),
  );
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** WCAG 2.2, “relative luminance” */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = parse(colour).map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** A colour of another form counts as black. */
function parse(colour: string): Rgb {
  const value = /^#[\da-f]{6}$/i.test(colour) ? Number.parseInt(colour.slice(1), 16) : 0;
  return [value >> 16, (value >> 8) & 255, value & 255];
}
