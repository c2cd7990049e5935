import { describe, expect, it } from "vitest";
import { ec, ed, otherRsa, rsa } from "../fixtures/signing.ts";
import { jwkOf } from "./fixtures/turned-sets.ts";
import { decodeSet, JwkSetFault, readJwkSet } from "./read-set.ts";

const one = jwkOf(rsa, "one");
const { kid: _kid, ...nameless } = one;
const { alg: _alg, ...unbound } = one;

const read = (...jwks: readonly unknown[]) => readJwkSet(JSON.stringify({ keys: jwks }), 0);

describe("A JWK set", () => {
  it("gives its keys by kid, of every algorithm that is taken, with what is not known here ignored", async () => {
    const { keys, leftOut } = await read(
      { ...one, "x-issuer": 1, note: {} },
      jwkOf(ec, "ec"),
      jwkOf(ed, "ed"),
    );
    expect([...keys].map(([kid, { key }]) => [kid, key.kid, key.alg])).toEqual([
      ["one", "one", "RS256"],
      ["ec", "ec", "ES256"],
      ["ed", "ed", "EdDSA"],
    ]);
    expect(leftOut).toEqual([]);
  });

  it("binds a key without alg to one algorithm", async () => {
    expect((await read(unbound)).keys.get("one")?.key.alg).toBe("RS256");
  });

  it("may be empty, and may begin with a byte order mark", async () => {
    expect(await readJwkSet('\uFEFF{"keys":[]}', 0)).toEqual({ keys: new Map(), leftOut: [] });
  });

  it.each([
    ["for encryption", { ...one, use: "enc" }, "use must be sig"],
    ["symmetric", { kty: "oct", kid: "one", alg: "HS256", k: "AAAA" }, /^kty is a symmetric key/],
    ["RSA for HS256", { ...one, alg: "HS256" }, /^alg must be RS256/],
    ["for alg none", { ...one, alg: "none" }, /^alg must be RS256/],
    ["for ES512", { ...one, alg: "ES512" }, /^alg must be RS256/],
    ["private", { ...one, d: "AQAB" }, /^d is a private member/],
    ["of 512 bits", { ...one, n: Buffer.alloc(64, 0xff).toString("base64url") }, /^n has 512 bits/],
    ["with the exponent 1", { ...one, e: "AQ" }, /^e must be odd and at least 65537/],
    ["without kid", nameless, "kid is missing: no token can name the key"],
    ["with an empty kid", { ...one, kid: "" }, /^kid must be 1 to 128/],
    ["with a number for kid", { ...one, kid: 1 }, /^kid must be 1 to 128/],
    ["null", null, "must be a JWK object"],
  ])("leaves out a key that is %s, with the reason, and keeps the others", async (_, jwk, reason) => {
    const { keys, leftOut } = await read(jwk, jwkOf(otherRsa, "two"));
    expect([...keys.keys()]).toEqual(["two"]);
    expect(leftOut).toMatchObject([
      { index: 0, reason: typeof reason === "string" ? reason : expect.stringMatching(reason) },
    ]);
  });

  it("may have 100 keys, and not one more", async () => {
    const many = (count: number) => read(...Array.from({ length: count }, () => ({ kty: "oct" })));
    expect((await many(100)).leftOut.length).toBe(100);
    await expect(many(101)).rejects.toThrow(new JwkSetFault("The JWK set has 101 keys; serve 100 at most."));
  });

  it.each([
    ["HTML", "<html>", /^The answer is no JWK set: it is not valid JSON.*Serve \{"keys":\[…\]\}\.$/],
    ["a doubled member", '{"keys":[{"kid":"a","kid":"b"}]}', /it keys\[0\]\.kid is there twice\./],
    ["a byte order mark inside", '{\uFEFF"keys":[]}', /is not valid JSON/],
    ["a list", "[]", /^The answer is JSON but no JWK set/],
    ["no keys", "{}", /^The answer is JSON but no JWK set/],
    ["keys that are no list", '{"keys":"a"}', /^The answer is JSON but no JWK set/],
  ])("is not %s", async (_, document, sentence) => {
    const fault = await readJwkSet(document, 0).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(JwkSetFault);
    expect(fault).toMatchObject({ name: "JwkSetFault", message: expect.stringMatching(sentence) });
  });

  it("is in UTF-8", () => {
    expect(decodeSet(Buffer.from("é"))).toBe("é");
    expect(() => decodeSet(Buffer.of(0xff))).toThrow(
      new JwkSetFault("The answer is not UTF-8; serve the JWK set in UTF-8."),
    );
  });

  it("keeps the first of two usable keys with one kid", async () => {
    const { keys, leftOut } = await read({ ...one, use: "enc" }, jwkOf(ec, "one"), one);
    expect(keys.get("one")?.key.alg).toBe("ES256");
    expect(leftOut).toEqual([
      { index: 0, kid: "one", reason: "use must be sig" },
      { index: 2, kid: "one", reason: "kid is that of a key before it" },
    ]);
  });
});
