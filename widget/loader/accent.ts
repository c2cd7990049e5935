/**
 * Black or white, whichever reads on the accent at 4.5:1 or more (WCAG 2.2, SC 1.4.3).
 *
 * @param accent `#rrggbb`; anything else counts as black
 */
export function textOn(accent: string): string {
  const rgb = /^#[\da-f]{6}$/i.test(accent) ? Number.parseInt(accent.slice(1), 16) : 0;
  const channel = (shift: number): number => {
    const value = ((rgb >> shift) & 255) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
  return 1.05 / (luminance + 0.05) >= 4.5 ? "#fff" : "#000";
}
