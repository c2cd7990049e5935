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

  it("with Ed25519 as its alg serves EdDSA, which is the same (RFC 9864)", async () => {
    expect((await importJwk({ ...edJwk, alg: "Ed25519" }, now)).alg).toBe("EdDSA");
  });

  it("from the first certificate of a chain", async () => {
    const chain = [certificateDer(rsa, now - 1000, now + 1000), certificateDer(ec, now - 9000, now - 1000)];
    expect((await importJwk({ ...rsaJwk, x5c: chain }, now)).alg).toBe("RS256");
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
    [
      "of type RSA for ES256",
      { ...rsaJwk, alg: "ES256" },
      "",
      /^ES256 needs a key of type EC P-256; this one is of type RSA$/,
    ],
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
    [
      "with a chain that is none",
      { ...rsaJwk, x5c: [certificateDer(rsa, now - 1, now + 1000), 5] },
      "x5c",
      /array/,
    ],
    ["with an empty chain", { ...rsaJwk, x5c: [] }, "x5c", /array/],
    ["with a certificate in base64url", { ...rsaJwk, x5c: ["MII-_A=="] }, "x5c", /base64/],
    ["of type RSA with alg Ed25519", { ...rsaJwk, alg: "Ed25519" }, "", /Ed25519; this one is of type RSA/],
    ["of P-384 for ES256", { ...p384, alg: "ES256" }, "", /P-256; this one is of type EC P-384/],
    ["of 31 bytes", { ...edJwk, x: String(edJwk.x).slice(0, -2) }, "x", /32 bytes/],
    ["of 33 bytes", { ...edJwk, x: `${edJwk.x}A` }, "x", /32 bytes/],
    ["of 32 bytes behind something else", { ...edJwk, x: `!${edJwk.x}` }, "x", /32 bytes/],
    ["with e in base64", { ...rsaJwk, e: "AQ+B" }, "e", /base64url/],
    ["with e of the size of n", { ...rsaJwk, e: rsaJwk.n }, "e", /smaller/],
    ["with something in front of n", { ...rsaJwk, n: `!${rsaJwk.n}` }, "n", /base64url/],
    ["with something behind n", { ...rsaJwk, n: `${rsaJwk.n}!` }, "n", /base64url/],
    ["of no type", { alg: "RS256" }, "", /^RS256 needs a key of type RSA; this one is of type none$/],
    [
      "of type RSA on a curve, without alg",
      { ...rsaJwk, alg: undefined, crv: "P-256" },
      "",
      /^RS256 needs a key of type RSA; this one is of type RSA P-256$/,
    ],
    [
      "of type EC on the curve of another, without alg",
      { ...edJwk, kty: "EC" },
      "alg",
      /no algorithm is known/,
    ],
    ["whose n has no whole byte", { ...rsaJwk, n: "A" }, "n", /^has 1 bits/],
    [
      "with a chain that is cut",
      { ...rsaJwk, x5c: [certificateDer(rsa, now - 1000, now + 1000), "AAAAA"] },
      "x5c",
      /array/,
    ],
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

describe("An Ed25519 point of small order is refused", () => {
  const bytesOf = (hex: string) => Buffer.from(hex, "hex").toString("base64url");
  it.each([
    ["1", "01".padEnd(64, "0")],
    ["2", `ec${"ff".repeat(30)}7f`],
    ["4", "00".repeat(32)],
    ["4, the other", `${"00".repeat(31)}80`],
    ["8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"],
    ["8, the second", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"],
    ["8, the third", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"],
    ["8, the fourth", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"],
    ["1, spelt differently", `ee${"ff".repeat(30)}7f`],
    ["4, spelt differently", `ed${"ff".repeat(30)}7f`],
    ["1, with a sign", `01${"00".repeat(30)}80`],
  ])("of order %s", async (order, hex) => {
    const jwk = { kty: "OKP", crv: "Ed25519", x: bytesOf(hex) };
    await expect(importJwk(jwk, now)).rejects.toMatchObject({
      name: "KeyFault",
      member: "x",
      message: order.includes("spelt")
        ? "is not a point's canonical form"
        : "is a point of small order, which is no key",
    });
  });

  it("and no other is", async () => {
    for (let count = 0; count < 50; count++) {
      const { publicKey } = generateKeyPairSync("ed25519");
      await importJwk(publicKey.export({ format: "jwk" }), now);
    }
  });
});
