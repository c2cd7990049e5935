import ipaddr from "ipaddr.js";

/** What an address is to us: one of the internet, one of this network, or none that anybody may send us to. */
export type AddressKind = "public" | "local" | "refused";

const localRanges: readonly string[] = ["loopback", "private", "uniqueLocal"];

/**
 * Azure answers virtual machines here, inside public space. The other clouds' addresses for machines lie in ranges that are
 * refused anyway: 169.254.169.254, fd00:ec2::254, 100.100.100.200, 192.0.0.192.
 */
const platformAddress = "168.63.129.16";

/** RFC 4291, section 2.4: the only unicast addresses that are routed, so that no forgotten range passes. */
const globalUnicast = ipaddr.parseCIDR("2000::/3");

/**
 * IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) are refused whatever they carry: they
 * are another spelling of an address that the host has an A record for, and some translators reach into their own network.
 *
 * @param text as a resolver or `URL` writes it
 */
export function addressKind(text: string): AddressKind {
  if (!ipaddr.isValid(text)) return "refused";
  const address = ipaddr.parse(text);
  const range = address.range();
  if (localRanges.includes(range)) return "local";
  if (range !== "unicast" || address.toString() === platformAddress) return "refused";
  return address.kind() === "ipv4" || address.match(globalUnicast) ? "public" : "refused";
}
