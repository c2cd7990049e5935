import { expect, test } from "vitest";
import { parseRedisUrl, socketOf } from "./addresses.ts";

test("one address, with what it takes to be let in", () => {
  expect(parseRedisUrl("rediss://vouch:p%40ss@cache.acme.example:6380/0")).toEqual([
    {
      host: "cache.acme.example",
      port: 6380,
      tls: true,
      database: 0,
      username: "vouch",
      password: "p@ss",
    },
  ]);
  expect(parseRedisUrl("redis://[::1]")).toMatchObject([{ host: "::1", port: 6379, tls: false }]);
});

test("a numbered database of it", () => {
  expect(parseRedisUrl("redis://a/15")).toMatchObject([{ host: "a", database: 15 }]);
  expect(parseRedisUrl("redis://a/")).toMatchObject([{ host: "a", database: 0 }]);
});

test("several of a cluster", () => {
  expect(parseRedisUrl("redis://a:7000, redis://b:7001")).toMatchObject([{ host: "a" }, { host: "b" }]);
});

test.each([
  "",
  "localhost:6379",
  "http://a",
  "redis://",
  "redis://a/b",
  "redis://a/1/2",
  "redis://a/-1",
  "redis://a/1,redis://b/1",
  "redis://a?x=1",
  "redis://a,",
  "redis://:100%@a",
])("%s is none", (text) => expect(parseRedisUrl(text)).toBeNull());

test("a connection ends at its first fault", () => {
  const [address] = parseRedisUrl("rediss://a") ?? [];
  if (!address) throw new Error("unreachable");
  expect(socketOf(address)).toMatchObject({ tls: true, reconnectStrategy: false });
});
