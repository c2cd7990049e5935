import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** The part of a request that tells where it comes from. */
export interface Peer {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

export interface ClientAddresses {
  /** Key for limits: an IPv4 address, or the /64 of an IPv6 address, since one customer holds a whole /64. */
  limitKey(peer: Peer): string;
  /**
   * Whether the connection comes from this very machine and nobody forwarded it. A browser here may have been sent by a page
   * whose host name was rebound to this machine: it asks for that name, and is refused for it.
   */
  direct(peer: Peer): boolean;
}

const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

const forwardingHeaders = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/**
 * Believes `X-Forwarded-For` only where the connection comes from a trusted proxy, and then takes the rightmost address
 * that is not a trusted proxy's: everything left of it is what the client chose to write.
 *
 * @param trustedProxies addresses or CIDR ranges
 */
export function createClientAddresses(trustedProxies: readonly string[]): ClientAddresses {
  const trusted = trustedProxies.length > 0 ? blockList(trustedProxies) : null;
  const loopback = blockList(["127.0.0.0/8", "::1"]);
  return {
    limitKey: (peer) => networkOf(clientAddress(peer, trusted)),
    direct: (peer) =>
      contains(loopback, plain(peer.socket.remoteAddress ?? "")) &&
      forwardingHeaders.every((name) => peer.headers[name] === undefined) &&
      // Only HTTP/1.0 comes without, and so no browser does.
      (peer.headers.host === undefined || loopbackName.test(peer.headers.host)),
  };
}

function clientAddress(peer: Peer, trusted: BlockList | null): string {
  let address = plain(peer.socket.remoteAddress ?? "");
  if (trusted === null) return address;
  const chain = [peer.headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  while (contains(trusted, address)) {
    const previous = plain(chain.pop()?.trim() ?? "");
    if (isIP(previous) === 0) break;
    address = previous;
  }
  return address;
}

/** Without port, brackets and IPv4-mapping: proxies write all of these. */
function plain(address: string): string {
  if (isIPv4(address)) return address;
  return address
    .replace(/^\[([^\]]*)\](?::\d+)?$/, "$1")
    .replace(/^::ffff:(?=\d+\.)/i, "")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
    .replace(/%.*$/, "");
}

function networkOf(address: string): string {
  if (isIPv4(address) || !isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail.split(":").filter(Boolean);
  const gap = address.includes("::") ? 8 - left.length - right.length : 0;
  const groups = [...left, ...Array<string>(Math.max(0, gap)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

const contains = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, isIPv6(address) ? "ipv6" : "ipv4");

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
