import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { JWK } from "jose";
import { describe, expect, it } from "vitest";
import { certificateDer } from "./fixtures/certificate.ts";
import { ec, ed, nowSeconds, rsa } from "./fixtures/signing.ts";
import { importJwk } from "./jwk.ts";

const publicJwk = (pem: string): JWK => createPublicKey(pem).export({ format: "jwk" });
const rsaJwk = { ...publicJwk(rsa.publicPem), alg: "RS256", kid: "k" };
const ecJwk = publicJwk(ec.publicPem);
const edJwk = publicJwk(ed.publicPem);
const now = nowSeconds * 1000;

const base64url = (number: bigint): string => {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
};
const modulus = BigInt(`0x${Buffer.from(String(rsaJwk.n), "base64url").toString("hex")}`);
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" });
const rsa1024 = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });

describe("A JWK becomes a key", () => {
  it("of its own algorithm and kid", async () => {
    expect(await importJwk(rsaJwk, now)).toMatchObject({ kid: "k", alg: "RS256", key: { type: "public" } });
  });

  it.each([
    ["EC P-256", ecJwk, "ES256"],
    ["OKP Ed25519", edJwk, "EdDSA"],
  ])("of the only algorithm for %s where it names none", async (_, jwk, alg) => {
    expect((await importJwk(jwk, now)).alg).toBe(alg);
  });

  it("with the members that RFC 7517 adds", async () => {
    const jwk = { ...rsaJwk, use: "sig", key_ops: ["verify"], x5t: "abc", "https://x.example/y": 1 };
    expect((await importJwk(jwk, now)).kid).toBe("k");
  });

  it("from its certificate, which agrees with its members", async () => {
    const jwk = { kty: "RSA", alg: "RS256", x5c: [certificateDer(rsa, now - 1000, now + 1000)] };
    expect((await importJwk(jwk, now)).alg).toBe("RS256");
    expect((await importJwk({ ...rsaJwk, ...jwk }, now)).alg).toBe("RS256");
  });

  it("of type RSA without alg serves RS256 and nothing else (CVE-2026-22817)", async () => {
    expect((await importJwk({ ...rsaJwk, alg: undefined }, now)).alg).toBe("RS256");
  });
});

describe("A JWK is refused", () => {
  it.each([
    ["that is no object", "AQAB", "", /JWK object/],
    ["that is symmetric", { kty: "oct", k: "c2VjcmV0" }, "kty", /symmetric/],
    ["with a private member", { ...rsaJwk, d: "AQAB" }, "d", /private/],
    ["with a prime", { ...rsaJwk, p: "AQAB" }, "p", /private/],
    ["with a secret", { ...edJwk, k: "AQAB" }, "k", /private/],
    ["for encryption", { ...rsaJwk, use: "enc" }, "use", /sig/],
    ["whose operations lack verify", { ...rsaJwk, key_ops: ["encrypt"] }, "key_ops", /verify/],
    ["without alg, of an unknown curve", { ...ecJwk, crv: "P-521", alg: undefined }, "alg", /missing/],
    ["with alg null", { ...ecJwk, alg: null }, "alg", /must be/],
    ["with alg none", { ...ecJwk, alg: "none" }, "alg", /must be/],
    ["with alg HS256", { ...rsaJwk, alg: "HS256" }, "alg", /must be/],
    ["with an encryption algorithm", { ...rsaJwk, alg: "RSA-OAEP" }, "alg", /must be/],
    ["of type RSA for ES256", { ...rsaJwk, alg: "ES256" }, "", /EC P-256/],
    ["of type EC for RS256", { ...ecJwk, alg: "RS256" }, "", /type RSA/],
    ["on another curve", { ...p384, alg: "ES256" }, "", /P-256/],
    ["that is not on its curve", { ...ecJwk, y: ecJwk.x }, "", /valid/],
    ["whose coordinate is missing", { ...ecJwk, y: undefined }, "", /valid/],
    ["of X25519", { ...edJwk, crv: "X25519", alg: "EdDSA" }, "", /Ed25519/],
    ["of 1024 bits", { ...rsa1024, alg: "RS256" }, "n", /1024 bits/],
    ["of 8200 bits", { ...rsaJwk, n: base64url((1n << 8199n) + 1n) }, "n", /8200 bits/],
    ["with an even modulus", { ...rsaJwk, n: base64url(modulus - 1n) }, "n", /even/],
    ["with e = 1", { ...rsaJwk, e: "AQ" }, "e", /odd/],
    ["with e = 3", { ...rsaJwk, e: "Aw" }, "e", /65537/],
    ["with an even e", { ...rsaJwk, e: "AQAC" }, "e", /odd/],
    ["with e beyond n", { ...rsaJwk, e: base64url(modulus + 2n) }, "e", /smaller/],
    ["with a number as n", { ...rsaJwk, n: 5 }, "n", /string/],
    ["with an empty n", { ...rsaJwk, n: "" }, "n", /base64url/],
    ["with a number as kid", { ...rsaJwk, kid: 5 }, "kid", /printable/],
    ["with a kid of 129 characters", { ...rsaJwk, kid: "k".repeat(129) }, "kid", /printable/],
    [
      "with another certificate",
      { ...rsaJwk, x5c: [certificateDer(ec, now - 1000, now + 1000)] },
      "x5c",
      /another/,
    ],
    [
      "with an expired certificate",
      { ...rsaJwk, x5c: [certificateDer(rsa, now - 2000, now - 1000)] },
      "x5c",
      /valid from/,
    ],
    [
      "with a certificate of tomorrow",
      { ...rsaJwk, x5c: [certificateDer(rsa, now + 1000, now + 2000)] },
      "x5c",
      /valid from/,
    ],
    ["with an unreadable certificate", { ...rsaJwk, x5c: ["AAAA"] }, "x5c", /readable/],
    ["with x5c as a text", { ...rsaJwk, x5c: "AAAA" }, "x5c", /array/],
  ])("%s", async (_, jwk, member, message) => {
    const value = JSON.parse(JSON.stringify(jwk));
    await expect(importJwk(value, now)).rejects.toMatchObject({
      name: "KeyFault",
      member,
      message: expect.stringMatching(message),
    });
  });
});
