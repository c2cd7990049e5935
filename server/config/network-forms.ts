import { isIP } from "node:net";

/** The forms of addresses in environment variables and options. */

export const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

/** @returns the origin, or undefined where the text is more or less than one; a single `/` behind it is forgiven */
export function parseOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  return text === url.origin || text === `${url.origin}/` ? url.origin : undefined;
}

/** `10.0.0.1`, `10.0.0.0/8`, `fd00::/8` */
export function isAddressBlock(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
