import { describe, expect, it } from "vitest";
import type { ProblemCode } from "../../shared/problems.ts";
import { type Attack, describeAttacks, withClaim, withIdentity } from "./fixtures/forging.ts";
import { refusalCode } from "./fixtures/refusal.ts";
import { claims, community, gate, headerText, nowSeconds, signed, signedTexts } from "./fixtures/signing.ts";

const withExpiry = (exp: string): string => signedTexts(headerText, `{"identity":"user-123","exp":${exp}}`);

const times: readonly Attack[] = [
  ["no exp", signedTexts(headerText, '{"identity":"user-123"}'), "expiry_missing"],
  ["exp null", withExpiry("null"), "expiry_missing"],
  ["exp as text", withExpiry(`"${claims.exp}"`), "expiry_missing"],
  ["exp as a date", withExpiry('"2099-01-01T00:00:00Z"'), "expiry_missing"],
  ["exp with a fraction", withExpiry(`${claims.exp}.5`), "expiry_missing"],
  ["exp 1e999", withExpiry("1e999"), "expiry_missing"],
  ["exp -1e999", withExpiry("-1e999"), "expiry_missing"],
  ["exp as an array", withExpiry(`[${claims.exp}]`), "expiry_missing"],
  ["exp true", withExpiry("true"), "expiry_missing"],
  ["exp 0", withExpiry("0"), "token_expired"],
  ["exp below zero", withExpiry(`-${claims.exp}`), "token_expired"],
  ["exp a second ago", withExpiry(String(nowSeconds - 1)), "token_expired"],
  ["exp this second", withExpiry(String(nowSeconds)), "token_expired"],
  ["exp in milliseconds", withExpiry(`${claims.exp}000`), "expiry_too_far"],
  ["exp in ten years", withExpiry(String(nowSeconds + 315_360_000)), "expiry_too_far"],
  ["exp one second too far", withExpiry(String(nowSeconds + 86_400 + 60 + 1)), "expiry_too_far"],
  ["exp 1e300", withExpiry("1e300"), "expiry_too_far"],
  ["nbf in the future", withClaim(`"nbf":${nowSeconds + 61}`), "token_not_yet_valid"],
  ["nbf in milliseconds", withClaim(`"nbf":${nowSeconds}000`), "token_not_yet_valid"],
  ["nbf -1e999", withClaim('"nbf":-1e999'), "token_malformed"],
  ["nbf as text", withClaim('"nbf":"0"'), "token_malformed"],
  ["iat in the future", signed({ ...claims, iat: nowSeconds + 61 }), "token_not_yet_valid"],
  [
    "iat as text",
    signedTexts(headerText, `{"identity":"a","exp":${claims.exp},"iat":"now"}`),
    "token_malformed",
  ],
];

const identities: readonly Attack[] = [
  ["no identity", signed({ exp: claims.exp }), "identity_missing"],
  ["the identity under sub", signed({ exp: claims.exp, sub: "user-123" }), "identity_missing"],
  [
    "the identity one level down",
    withClaim('"user":{"identity":"x"}').length ? signed({ exp: claims.exp, user: { identity: "x" } }) : "",
    "identity_missing",
  ],
  ["a number as identity", withIdentity("123"), "identity_invalid"],
  ["null as identity", withIdentity("null"), "identity_invalid"],
  ["an object as identity", withIdentity('{"id":"a"}'), "identity_invalid"],
  ["an array as identity", withIdentity('["user-123"]'), "identity_invalid"],
  ["true as identity", withIdentity("true"), "identity_invalid"],
  ["an empty identity", withIdentity('""'), "identity_invalid"],
  ["a space as identity", withIdentity('" "'), "identity_invalid"],
  ["a space behind the identity", withIdentity('"user-123 "'), "identity_invalid"],
  ["a no-break space in front", withIdentity('"\u00a0user-123"'), "identity_invalid"],
  ["a NUL in the identity", withIdentity('"user-123\\u0000"'), "identity_invalid"],
  ["a line feed in the identity", withIdentity('"user\\n123"'), "identity_invalid"],
  ["a C1 control in the identity", withIdentity('"user\\u0085123"'), "identity_invalid"],
  ["a lone surrogate in the identity", withIdentity('"user\\ud800"'), "identity_invalid"],
  ["an identity that is not NFC", withIdentity('"e\u0301ve"'), "identity_invalid"],
  ["an identity of 257 bytes", withIdentity(`"${"a".repeat(257)}"`), "identity_invalid"],
  ["an identity of 86 three-byte characters", withIdentity(`"${"\u20ac".repeat(86)}"`), "identity_invalid"],
];

describeAttacks("A token with a fault of its times is refused", times);
describeAttacks("A token with a fault of its identity is refused", identities);

describe("A token of another place is refused", () => {
  const rows: readonly (readonly [name: string, changes: object, payload: object, code: ProblemCode])[] = [
    ["no iss", { issuer: "https://acme.example" }, {}, "issuer_mismatch"],
    ["another iss", { issuer: "https://acme.example" }, { iss: "https://acme.example/" }, "issuer_mismatch"],
    [
      "iss as an array",
      { issuer: "https://acme.example" },
      { iss: ["https://acme.example"] },
      "issuer_mismatch",
    ],
    ["no aud", { audience: "vouch" }, {}, "audience_mismatch"],
    ["another aud", { audience: "vouch" }, { aud: "Vouch" }, "audience_mismatch"],
    ["other auds", { audience: "vouch" }, { aud: ["vouch2", "x"] }, "audience_mismatch"],
    ["aud as an object", { audience: "vouch" }, { aud: { vouch: true } }, "audience_mismatch"],
    ["no jti, where tokens are taken once", { singleUseTokens: true }, {}, "token_malformed"],
    ["an empty jti, where tokens are taken once", { singleUseTokens: true }, { jti: "" }, "token_malformed"],
    [
      "a number as jti, where tokens are taken once",
      { singleUseTokens: true },
      { jti: 1 },
      "token_malformed",
    ],
  ];
  it.each(rows)("%s", async (_name, changes, payload, code) => {
    const place = await community(changes);
    const token = await signed({ ...claims, ...payload });
    expect(await refusalCode(() => gate().verifyContactJwt(token, place))).toBe(code);
  });
});
