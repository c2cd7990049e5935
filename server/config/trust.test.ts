import { describe, expect, it } from "vitest";
import { certificatePem } from "../identity/fixtures/certificate.ts";
import { ec, nowSeconds, rsa, secret } from "../identity/fixtures/signing.ts";
import { faults, keys } from "./fixtures/faults.ts";

describe("Keys of a community", () => {
  const shared = { kid: "a", alg: "HS256", secret };
  const rsaKey = { alg: "RS256", publicKey: rsa.publicPem };
  it.each([
    ["two share a kid", [shared, { ...rsaKey, kid: "a" }], ["communities[0].keys[1].kid"]],
    ["one of several has no kid", [shared, rsaKey], ["communities[0].keys[1].kid"]],
    [
      "a sole key has none beside a JWK set by URL",
      [rsaKey, { jwksUrl: "https://a.example/" }],
      ["communities[0].keys[0].kid"],
    ],
    ["a sole key has none", [rsaKey], []],
    ["all have their own", [shared, { ...rsaKey, kid: "b" }], []],
  ])("%s", async (_, entries, paths) => {
    expect((await faults(keys(...entries))).map(({ path }) => path)).toEqual(paths);
  });
});

describe("Two communities", () => {
  const two = (one: object, other: object) => ({
    communities: [
      { id: "one", ...one },
      { id: "two", ...other },
    ],
  });
  const key = { keys: [{ kid: "a", alg: "RS256", publicKey: rsa.publicPem }] };
  const sameKey = {
    keys: [{ kid: "b", alg: "RS256", publicKey: certificatePem(rsa, 0, (nowSeconds + 10) * 1000) }],
  };
  const otherKey = { keys: [{ kid: "a", alg: "ES256", publicKey: ec.publicPem }] };
  const url = { keys: [{ jwksUrl: "https://login.acme.example/jwks.json" }] };
  const byName = { keys: [{ kid: "s", alg: "HS256", secret: { env: "ACME_SHARED_TOKEN" } }] };

  it.each([
    ["a key", two(key, key), "communities[1].keys[0]"],
    ["a key in two forms", two(key, sameKey), "communities[1].keys[0]"],
    ["a secret", two({ keys: [{ alg: "HS256", secret }] }, byName), "communities[1].keys[0]"],
    ["a JWK set", two(url, url), "communities[1].keys[0].jwksUrl"],
    ["an issuer", two({ issuer: "i", ...key }, { issuer: "i", ...otherKey }), "communities[1].issuer"],
    ["a key, one without an audience", two({ ...key, audience: "a" }, key), "communities[1].keys[0]"],
    [
      "a key and an audience",
      two({ ...key, audience: "a" }, { ...key, audience: "a" }),
      "communities[1].keys[0]",
    ],
  ])("may not share %s", async (_, json, path) => {
    expect((await faults(json)).map((fault) => fault.path)).toEqual([path]);
  });

  it("may share what they trust where every token says which of them it is for", async () => {
    const one = { ...key, issuer: "i", audience: "one" };
    expect(await faults(two(one, { ...one, audience: "two" }))).toEqual([]);
    expect(await faults(two(key, otherKey))).toEqual([]);
  });
});
