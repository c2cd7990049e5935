import { expect, test } from "vitest";
import { createClientAddresses, type Peer } from "./client-address.ts";

const peer = (remoteAddress: string, headers: Peer["headers"] = {}): Peer => ({
  headers,
  socket: { remoteAddress },
});
const keyOf = (trusted: readonly string[], from: Peer) => createClientAddresses(trusted).limitKey(from);

test("a forwarded address is ignored unless a trusted proxy says it", () => {
  const from = peer("203.0.113.9", { "x-forwarded-for": "198.51.100.1" });
  expect(keyOf([], from)).toBe("203.0.113.9");
  expect(keyOf(["203.0.113.0/24"], from)).toBe("198.51.100.1");
});

test("of a chain the rightmost address counts that is no trusted proxy; the client wrote the rest", () => {
  const headers = { "x-forwarded-for": "1.1.1.1, 198.51.100.1, 10.0.0.2" };
  expect(keyOf(["10.0.0.0/8"], peer("10.0.0.1", headers))).toBe("198.51.100.1");
});

test.each(["nonsense", "", "unknown", "_hidden"])(
  "what is no address (%j) ends the chain at the proxy",
  (text) => {
    expect(keyOf(["10.0.0.0/8"], peer("10.0.0.1", { "x-forwarded-for": text }))).toBe("10.0.0.1");
  },
);

test("ports, brackets and IPv4-mapped forms of one address are one client", () => {
  const forms = ["198.51.100.1", "198.51.100.1:4711", "::ffff:198.51.100.1"];
  for (const form of forms)
    expect(keyOf(["10.0.0.0/8"], peer("::ffff:10.0.0.1", { "x-forwarded-for": form }))).toBe("198.51.100.1");
});

test("IPv6 clients are told apart by their /64", () => {
  expect(keyOf([], peer("2001:db8:1:2::1"))).toBe(keyOf([], peer("2001:DB8:1:2:ffff:ffff:ffff:ffff")));
  expect(keyOf([], peer("2001:db8:1:2::1"))).not.toBe(keyOf([], peer("2001:db8:1:3::1")));
  expect(keyOf([], peer("2001:db8::1"))).toBe("2001:db8:0:0::/64");
  expect(keyOf([], peer("::1"))).toBe("0:0:0:0::/64");
  expect(keyOf([], peer("fe80::1%eth0"))).toBe("fe80:0:0:0::/64");
});

test("direct means from this machine, with nobody in between", () => {
  const { direct } = createClientAddresses(["127.0.0.1"]);
  expect(direct(peer("127.0.0.1"))).toBe(true);
  expect(direct(peer("::ffff:127.0.0.1"))).toBe(true);
  expect(direct(peer("::1"))).toBe(true);
  expect(direct(peer("192.0.2.1"))).toBe(false);
  for (const header of ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
    expect(direct(peer("127.0.0.1", { [header]: "127.0.0.1" }))).toBe(false);
});

test("direct is no page whose host name was rebound to this machine", () => {
  const { direct } = createClientAddresses([]);
  for (const host of ["localhost:8080", "LOCALHOST", "127.0.0.1", "127.1.2.3:80", "[::1]:8080"])
    expect(direct(peer("127.0.0.1", { host })), host).toBe(true);
  for (const host of [
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "",
  ])
    expect(direct(peer("127.0.0.1", { host })), host).toBe(false);
});
