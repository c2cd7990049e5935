import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import { withOtherSignature } from "./fixtures/ecdsa-twin.ts";
import { refusal, refusalCode } from "./fixtures/refusal.ts";
import {
  base64url,
  claims,
  claimsWith,
  clock,
  community,
  ec,
  ed,
  gate,
  header,
  headerText,
  keyPair,
  nowSeconds,
  otherRsa,
  rsa,
  secret,
  signed,
  signedTexts,
} from "./fixtures/signing.ts";
import { createGate } from "./gate.ts";
import { noJwkSets } from "./jwk-sets.ts";

const acme = await community();
const verify = (token: string, place = acme) => gate().verifyContactJwt(token, place);

describe("A correct token", () => {
  it("yields the identity, its platform key and the token's use", async () => {
    expect(await verify(await signed({ ...claims, "comm100.email": "ada@acme.example" }))).toEqual({
      communityId: "acme",
      authId: "jwt",
      identity: "user-123",
      platformKey: "v1/acme/AUTH/jwt/uid:user-123",
      fields: { email: { value: "ada@acme.example", claim: "comm100.email" } },
      preview: false,
      token: {
        hashes: [expect.stringMatching(/^[0-9a-f]{64}$/)],
        issuedAtSeconds: nowSeconds,
        expiresAtSeconds: claims.exp,
        singleUseId: null,
      },
      warnings: [],
    });
  });

  it.each(["RS256", "RS512", "PS256", "ES256", "EdDSA"] as const)("is verified with %s", async (alg) => {
    const key = keyPair(alg);
    const place = await community({ keys: [{ kid: "k", alg, publicKey: key.publicPem }] });
    const token = await signed(claims, { alg, kid: "k" }, key.privateKey);
    expect((await verify(token, place)).identity).toBe("user-123");
  });

  it("is verified with a shared token", async () => {
    const token = await signed(claims, { alg: "HS256", kid: "shared" }, Buffer.from(secret));
    expect((await verify(token)).identity).toBe("user-123");
  });

  it("needs no kid where one key only has its algorithm", async () => {
    expect((await verify(await signed(claims, { alg: "ES256" }, ec.privateKey))).identity).toBe("user-123");
  });

  it.each([
    ["no typ", { alg: "RS256", kid: "rsa" }],
    ["typ jwt in lower case", { alg: "RS256", kid: "rsa", typ: "jwt" }],
  ])("may have %s", async (_, protectedHeader) => {
    expect((await verify(await signed(claims, protectedHeader))).identity).toBe("user-123");
  });

  it("may have header parameters that decide nothing", async () => {
    const token = signedTexts(`${headerText.slice(0, -1)},"x5t":"abc","custom":[1]}`, JSON.stringify(claims));
    expect((await verify(token)).identity).toBe("user-123");
  });

  it.each([
    ["exp a second ahead", { ...claims, exp: nowSeconds + 1 }],
    ["the longest life", { ...claims, exp: nowSeconds + 86_400 }],
    ["nbf and iat within the clock skew", { ...claims, nbf: nowSeconds + 60, iat: nowSeconds + 60 }],
    ["no iat", { identity: "user-123", exp: claims.exp }],
  ])("may have %s", async (_, payload) => {
    expect((await verify(await signed(payload))).identity).toBe("user-123");
  });

  it("may have the audience among others, and the issuer, where these are configured", async () => {
    const place = await community({ issuer: "https://acme.example", audience: "vouch" });
    const token = await signed({ ...claims, iss: "https://acme.example", aud: ["other", "vouch"] });
    expect((await verify(token, place)).identity).toBe("user-123");
  });

  it.each(["t-1", "t", "t".repeat(256)])("hands its jti %s on where tokens are taken once", async (jti) => {
    const place = await community({ singleUseTokens: true });
    expect((await verify(await signed({ ...claims, jti }), place)).token.singleUseId).toBe(jti);
  });

  it("tells which of the community's keys verified it, once one has", async () => {
    const keyUsed = vi.fn();
    const telling = createGate({ clock, limits: defaultLimits, jwkSets: noJwkSets, keyUsed });
    await telling.verifyContactJwt(await signed(), acme);
    expect(keyUsed.mock.calls).toEqual([["acme", "rsa"]]);
    const forged = await signed(claims, header, otherRsa.privateKey);
    await refusal(() => telling.verifyContactJwt(forged, acme));
    const nameless = await community({ keys: [{ alg: "RS256", publicKey: rsa.publicPem }] });
    await telling.verifyContactJwt(await signed(claims, { alg: "RS256" }), nameless);
    expect(keyUsed).toHaveBeenCalledOnce();
  });
});

describe("The identity claim", () => {
  it.each(["sub", "https://acme.example/uid", "user.id", "urn:acme:uid"])(
    "%s is taken by its literal name",
    async (name) => {
      const place = await community({ identityClaim: name });
      const token = await signed({ exp: claims.exp, [name]: "user-7", user: { id: "nested" } });
      expect((await verify(token, place)).identity).toBe("user-7");
    },
  );

  it("is never one that every object inherits", async () => {
    const place = await community({ identityClaim: "toString" });
    expect((await refusal(async () => verify(await signed(), place))).code).toBe("identity_missing");
  });

  it.each([
    "a".repeat(256),
    "Zoë",
    "李小龍",
    "a b",
    "👩‍👩‍👧",
    "../../etc",
    "' OR 1=1 --",
    "v1/other/AUTH/jwt/uid:x",
  ])("keeps %s exactly", async (identity) => {
    expect((await verify(await signed({ ...claims, identity }))).identity).toBe(identity);
  });
});

describe("One token is one string", () => {
  it("no change of one character is accepted", async () => {
    const token = await signed();
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \n\0é";
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length),
        fc.constantFrom("insert", "replace", "remove"),
        fc.constantFrom(...alphabet),
        async (at, kind, character) => {
          const behind = token.slice(kind === "insert" ? at : at + 1);
          const changed = token.slice(0, at) + (kind === "remove" ? "" : character) + behind;
          fc.pre(changed !== token);
          await expect(verify(changed)).rejects.toThrow();
        },
      ),
      { numRuns: 400 },
    );
  });

  it("the second signature that ECDSA allows does not make a second token", async () => {
    const token = await signed(claims, { alg: "ES256", kid: "ec" }, ec.privateKey);
    const twin = withOtherSignature(token);
    expect(twin).not.toBe(token);
    const [one, other] = [await verify(token), await verify(twin)];
    expect(other.token.hashes).toEqual(one.token.hashes);
  });

  it("other claims make another token", async () => {
    const [one, other] = [await signed(), await signed({ ...claims, exp: claims.exp + 1 })];
    expect((await verify(one)).token.hashes).not.toEqual((await verify(other)).token.hashes);
  });
});

describe("Refusals", () => {
  const cases = {
    "milliseconds in exp": [signed({ ...claims, exp: claims.exp * 1000 }), /looks like milliseconds/],
    "the server's time": [signed({ ...claims, exp: nowSeconds - 5 }), /it is 2026-11-18T11:06:40\.000Z here/],
    "the algorithms expected": [
      signed(claims, { ...header, alg: "RS512" }),
      /“RS512”; .* RS256, ES256, HS256/,
    ],
    "the key ids expected": [signed(claims, { ...header, kid: "x" }), /“x”; .* rsa, rsa-2, ec, shared/],
    "a placeholder": ["{{jwt}}", /placeholder/],
    "the claim expected": [signed({ exp: claims.exp }), /“identity”/],
    "the doubled member": [signedTexts(headerText, claimsWith('"a":{"b":1,"b":2}')), /"a\.b" is there twice/],
  } as const;

  it.each(Object.entries(cases))("name %s", async (_, [token, sentence]) => {
    expect((await refusal(async () => verify(await token))).message).toMatch(sentence);
  });

  it.each([
    ["missing", undefined, "missing"],
    ["empty", "", "“”"],
    ["longer than 256 characters", "t".repeat(257), `“${"t".repeat(64)}…”`],
    ["a lone surrogate", "\ud800", "“\uFFFD”"],
    ["a number", 7, "7"],
  ])("name a jti that is %s where tokens are taken once", async (_, jti, found) => {
    const place = await community({ singleUseTokens: true });
    const token = signedTexts(headerText, JSON.stringify({ ...claims, jti }));
    expect(await refusal(() => verify(token, place))).toMatchObject({
      code: "token_malformed",
      message: `The community takes each token once and so needs a jti of 1 to 256 characters; the token's is ${found}.`,
    });
  });

  it("quote nothing that breaks a line or a log", async () => {
    const token = signedTexts('{"alg":"RS256\\n\\u001b[31m\\u202e","kid":"rsa"}', "{}");
    expect((await refusal(() => verify(token))).message).toMatch(/^[\x20-\x7e“”\uFFFD]+$/);
  });

  it("take less than a millisecond where no signature has to be checked", async () => {
    const deep = `${base64url(headerText)}.${base64url("[".repeat(5000))}.AA`;
    for (const token of [`${"A".repeat(2_000_000)}.e30.AA`, `e30.${"A".repeat(5_000_000)}.AA`, deep]) {
      const times = [];
      for (let run = 0; run < 50; run++) {
        const start = performance.now();
        await verify(token).catch(() => {});
        times.push(performance.now() - start);
      }
      expect(times.sort((a, b) => a - b)[25]).toBeLessThan(1);
    }
  });

  it("of a huge token come before anything is decoded, whatever the limit", async () => {
    const tight = gate({ ...defaultLimits, tokenBytes: 100 });
    expect((await refusal(async () => tight.verifyContactJwt(await signed(), acme))).code).toBe(
      "token_too_large",
    );
  });
});

it.each([
  ["issuer", { issuer: "https://acme.example" }, "issuer_mismatch"],
  ["audience", { audience: "vouch" }, "audience_mismatch"],
])("A correct signature does not make up for a wrong %s", async (_, changes, code) => {
  const token = await signed({ ...claims, iss: "https://evil.example", aud: "elsewhere" });
  expect(await refusalCode(async () => verify(token, await community(changes)))).toBe(code);
});

it("A key of one community opens nothing of another", async () => {
  const other = await community({
    id: "other",
    keys: [{ kid: "rsa", alg: "EdDSA", publicKey: ed.publicPem }],
  });
  const token = await signed(claims, { alg: "EdDSA", kid: "rsa" }, ed.privateKey);
  expect((await verify(token, other)).platformKey).toBe("v1/other/AUTH/jwt/uid:user-123");
  expect((await refusal(() => verify(token))).code).toBe("algorithm_not_allowed");
});
