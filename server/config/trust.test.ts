import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { certificatePem } from "../identity/fixtures/certificate.ts";
import { ec, nowSeconds, rsa, secret } from "../identity/fixtures/signing.ts";
import { faults, keys, parse } from "./fixtures/faults.ts";

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

const rsaJwk = { ...createPublicKey(rsa.publicPem).export({ format: "jwk" }), kid: "a", alg: "RS256" };

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
  const set = { keys: [{ jwks: { keys: [rsaJwk] } }] };
  const url = { keys: [{ jwksUrl: "https://login.acme.example/jwks.json" }] };
  const respelled = { keys: [{ jwksUrl: "HTTPS://Login.ACME.example:443/a/../jwks.json" }] };
  const byName = { keys: [{ kid: "s", alg: "HS256", secret: { env: "ACME_SHARED_TOKEN" } }] };

  const oidc = (discoveryUri: string, clientId = "vouch") => ({
    oidc: { name: "sso", discoveryUri, clientId },
  });
  const provider = oidc("https://login.acme.example/.well-known/openid-configuration");

  it.each([
    ["a client of an OpenID provider", two(provider, provider), "communities[1].oidc.clientId"],
    [
      "a client of an OpenID provider in another spelling",
      two(provider, oidc("https://LOGIN.acme.example/")),
      "communities[1].oidc.clientId",
    ],
    ["a key of a JWK set", two(set, key), "communities[1].keys[0]"],
    ["a JWK set", two(url, url), "communities[1].keys[0].jwksUrl"],
    ["a JWK set in another spelling", two(url, respelled), "communities[1].keys[0].jwksUrl"],
    ["an issuer", two({ issuer: "i", ...key }, { issuer: "i", ...otherKey }), "communities[1].issuer"],
    [
      "a set, one without an audience",
      two({ ...set, audience: "a" }, set),
      "communities[1].keys[0].jwks.keys[0]",
    ],
    [
      "a set and an audience",
      two({ ...set, audience: "a" }, { ...set, audience: "a" }),
      "communities[1].keys[0].jwks.keys[0]",
    ],
  ])("may not share %s", async (_, json, path) => {
    expect((await faults(json)).map((fault) => fault.path)).toEqual([path]);
  });

  it.each([
    ["a key", two(key, key)],
    ["a key in two forms", two(key, sameKey)],
    ["a secret", two({ keys: [{ alg: "HS256", secret }] }, byName)],
    ["a key and an audience", two({ ...key, audience: "a" }, { ...key, audience: "a" })],
  ])("are warned about where they share %s that the operator wrote into both", async (_, json) => {
    const { warnings } = await parse(json);
    expect(warnings).toEqual([
      expect.stringMatching(/^communities\[1\]\.keys\[0\]: serves the community one/),
    ]);
  });

  it("may share what they trust where every token says which of them it is for", async () => {
    const one = { ...key, issuer: "i", audience: "one" };
    expect(await faults(two(one, { ...one, audience: "two" }))).toEqual([]);
    expect(await faults(two(key, otherKey))).toEqual([]);
    expect(await faults(two(provider, oidc("https://login.acme.example/", "other")))).toEqual([]);
  });
});
