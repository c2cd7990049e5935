import { describe, expect, it } from "vitest";
import { report, resultOf } from "../fixtures/checking.ts";
import {
  claims,
  community,
  gate,
  header,
  otherRsa,
  rsa,
  secret,
  signed,
  signedTexts,
} from "../fixtures/signing.ts";

const acme = await community();
const once = await community({ singleUseTokens: true });
const single = await signed({ ...claims, jti: "t-1" });
const good = await signed({ ...claims, "comm100.name": "Ada" });

describe("The report of a good token", () => {
  it("passes every check in the gate's order, and says what it found", async () => {
    const { checks, passes, code, repairs, communityId, checkedAt } = await report(good, acme);
    expect({ passes, code, repairs, communityId, checkedAt }).toEqual({
      passes: true,
      code: null,
      repairs: [],
      communityId: "acme",
      checkedAt: "2026-11-18T11:06:40.000Z",
    });
    expect(checks).toHaveLength(26);
    expect(checks.filter(({ passed }) => passed === null).map(({ check }) => check)).toEqual([
      "deployment",
      "tokenId",
      "replay",
    ]);
    expect(checks.filter(({ passed }) => passed === false)).toEqual([]);
    expect(Object.fromEntries(checks.map(({ check, found }) => [check, found]))).toMatchObject({
      type: "“JWT”",
      algorithm: "“RS256”",
      signature: "256 bytes",
      expiry: `${claims.exp} (2026-11-18T12:06:40.000Z)`,
      identity: "“user-123”",
      attributes: "name",
    });
  });

  it("leaves the store's part out where there is no store", async () => {
    const { checks, passes } = await report(good, acme, { lookUp: null });
    expect(passes).toBe(true);
    expect(checks.filter(({ passed }) => passed === null)).toHaveLength(4);
  });
});

describe("The report goes on behind a failure", () => {
  it("of the signature: times and claims are checked all the same", async () => {
    const token = await signed({ exp: 1, sub: "x" }, header, otherRsa.privateKey);
    const { code, checks } = await report(token, acme);
    expect(code).toBe("signature_invalid");
    expect(checks.flatMap((result) => (result.passed === false ? [result.code] : []))).toEqual([
      "signature_invalid",
      "token_expired",
      "identity_missing",
    ]);
  });

  it("of the form: what can be read is, and the verdict stays", async () => {
    const wrapped = `Bearer "${good}"\n`;
    const { code, checks, repairs, passes } = await report(wrapped, acme);
    expect({ code, passes }).toEqual({ code: "token_malformed", passes: false });
    expect(repairs).toEqual([
      "took off the white space around it",
      "took off “Bearer”",
      "took off the quotation marks",
    ]);
    expect(checks.filter(({ passed }) => passed === false).map(({ check }) => check)).toEqual(["form"]);
    expect(checks.find(({ check }) => check === "signature")?.passed).toBe(true);
  });

  it("of everything: for any text there is a report", async () => {
    for (const text of [
      "",
      ".",
      "..",
      "a.b.c",
      "\0",
      "{}",
      "[]",
      "%",
      "%E0%A4%A",
      "Bearer ",
      "=".repeat(60_000),
    ]) {
      const { passes, checks } = await report(text, acme);
      expect(passes).toBe(false);
      expect(checks).toHaveLength(26);
    }
  });
});

describe("The report tells of the place", () => {
  it.each([
    ["community", { active: false }, "community_inactive"],
    ["policy", { signedIdentities: "reject" }, "signed_identity_rejected"],
  ] as const)("%s", async (check, changes, code) => {
    const result = await report(good, await community(changes));
    expect(result).toMatchObject({ passes: false, code });
    expect(resultOf(result, check)).toMatchObject({ passed: false, code });
    expect(resultOf(result, "signature").passed).toBe(true);
  });
});

describe("The report tells of the store", () => {
  it.each([
    ["a revoked token", { revoked: true, used: false, validAfterSeconds: 0 }, "token_revoked"],
    ["a used token", { revoked: false, used: true, validAfterSeconds: 0 }, "token_replayed"],
    [
      "a logout everywhere",
      { revoked: true, used: false, validAfterSeconds: claims.iat + 1 },
      "token_revoked",
    ],
  ] as const)("%s", async (_, state, code) => {
    expect(await report(single, once, { lookUp: async () => state })).toMatchObject({ passes: false, code });
  });

  it("and asks it by the token's hash, its jti and the customer's key", async () => {
    const { token } = await gate().verifyContactJwt(single, once);
    const asked: unknown[] = [];
    await report(single, once, {
      lookUp: async (question) => {
        asked.push(question);
        return { revoked: false, used: false, validAfterSeconds: 0 };
      },
    });
    expect(asked).toEqual([{ token, communityId: "acme", platformKey: "v1/acme/AUTH/jwt/uid:user-123" }]);
  });
});

describe("The report keeps to itself", () => {
  it("the token, its parts, and every secret", async () => {
    const long = "c".repeat(300);
    const tokens = [
      good,
      await signed({ ...claims, identity: long }),
      `${good}x`,
      `"${good}"`,
      secret,
      rsa.publicPem,
    ];
    for (const token of tokens) {
      const text = JSON.stringify(await report(token, acme));
      for (const part of token.split(".").filter((one) => one.length > 20)) expect(text).not.toContain(part);
      expect(text).not.toContain(secret);
      expect(text).not.toContain(long.slice(0, 30));
    }
  });

  it("what breaks a line or a log", async () => {
    const token = signedTexts(
      '{"alg":"RS256\\n\\u001b[31m","kid":"\\u202e","typ":"\\u0000"}',
      '{"iss":"\\n"}',
    );
    for (const { found, cause } of (await report(token, acme)).checks)
      expect(`${found}${cause}`).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});
