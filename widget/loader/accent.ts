/**
 * Black or white, whichever reads on the accent at 4.5:1 or more (WCAG 2.2, SC 1.4.3). Both do at luminances of 0.175 to
 * 0.183: room enough to leave out the straight piece of sRGB's curve, which moves dark channels by less than 0.001.
 *
 * @param accent `#rrggbb`; anything else counts as black
 */
export function textOn(accent: string): string {
  const rgb = Number(accent.replace("#", "0x"));
  const channel = (shift: number): number => ((((rgb >> shift) & 255) / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0) > 0.183 ? "#000" : "#fff";
}
