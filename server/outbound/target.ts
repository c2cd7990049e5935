import { isIP } from "node:net";
import { type AddressKind, addressKind } from "./addresses.ts";
import { OutboundRefused } from "./guarded-fetch.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name, as `dns.lookup` with `all` answers. */
export type Lookup = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** @throws OutboundRefused */
export function readTarget(text: string, allowLoopback: boolean): URL {
  const url = URL.parse(text);
  if (!url) throw new OutboundRefused("The address is not a URL; configure one that begins with https://.");
  if (url.protocol !== "https:" && !(allowLoopback && url.protocol === "http:"))
    throw new OutboundRefused(`The address of ${url.host || "no host"} is not https; serve it by https.`);
  if (url.username || url.password)
    throw new OutboundRefused(`The address of ${url.host} holds a user name or password; leave it out.`);
  return url;
}

/**
 * The addresses that may be connected to. One bad address refuses the host: whoever mixes public and private ones is
 * waiting for us to pick the other.
 *
 * @throws OutboundRefused, or what `lookup` throws
 */
export async function resolveTarget(
  { hostname }: URL,
  lookup: Lookup,
  allowLoopback: boolean,
): Promise<readonly ResolvedAddress[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(literal);
  const addresses = family ? [{ address: literal, family }] : await lookup(hostname);
  if (addresses.length === 0) throw new OutboundRefused(`${hostname} has no address; check the host name.`);
  const allowed: readonly AddressKind[] = allowLoopback ? ["public", "local"] : ["public"];
  const refused = addresses.find(({ address }) => !allowed.includes(addressKind(address)));
  if (refused)
    throw new OutboundRefused(
      `${hostname} ${family ? "is" : `resolves to ${refused.address},`} not a public address; nothing inside a network is fetched. Name a host on the internet.`,
    );
  return addresses;
}
