import { describe, expect, it } from "vitest";
import type { Deployment } from "../../config/config.ts";
import { report, resultOf } from "../fixtures/checking.ts";
import { claims, community, header, signed } from "../fixtures/signing.ts";
import type { CheckName, TokenCheckResult } from "./report.ts";

const unreadable = "The token could not be read as far as this.";
const free = await community();
const strict = await community({
  issuer: "https://acme.example",
  audience: "vouch",
  singleUseTokens: true,
  identityClaim: "sub",
  attributePrefix: "acme.",
});

const expectations = (checks: readonly TokenCheckResult[]) =>
  checks.map(({ check, expected }) => [check, expected]);

/** Of a community that asks for as much as it can. */
const most: readonly (readonly [CheckName, string])[] = [
  ["deployment", "active"],
  ["community", "active"],
  ["policy", "require or accept"],
  ["size", "at most 8192 characters"],
  ["form", "three parts of base64url, separated by dots"],
  ["encoding", "canonical base64url"],
  ["header", "a JSON object of at most 1024 bytes"],
  ["payload", "a JSON object, each member once"],
  ["parameters", "alg, kid, typ"],
  ["type", "none, or JWT"],
  ["algorithm", "an algorithm that signs"],
  ["keyId", "1 to 128 printable characters"],
  ["key", "“rsa” for RS256, “rsa-2” for RS256, “ec” for ES256, “shared” for HS256"],
  ["signature", "the signature of that key over header and payload"],
  ["expiry", "a whole number of seconds since 1970-01-01 UTC"],
  ["expired", "after 2026-11-18T11:06:40.000Z"],
  ["lifetime", "at most 86400 s from now"],
  ["notBefore", "none, or not after 2026-11-18T11:07:40.000Z"],
  ["issuedAt", "none, or not after 2026-11-18T11:07:40.000Z"],
  ["issuer", "“https://acme.example”"],
  ["audience", "“vouch”"],
  ["identity", "the claim “sub”: a string of 1 to 256 bytes"],
  ["tokenId", "a jti of 1 to 256 characters"],
  ["revocation", "neither logged out with, nor issued before a logout everywhere"],
  ["replay", "a jti that was not used yet"],
  ["attributes", "claims that begin with “acme.”, and mapped ones"],
];

describe("Each check says what it expects", () => {
  it("of a token that can be read", async () => {
    const token = await signed({ ...claims, sub: "u", iss: "https://acme.example", aud: "vouch", jti: "1" });
    const { checks, passes } = await report(token, strict);
    expect(passes).toBe(true);
    expect(expectations(checks)).toEqual(most);
  });

  it("of a text that can't, where nothing is found", async () => {
    const { checks } = await report("", strict);
    expect(expectations(checks)).toEqual(most);
    for (const { check, passed, found, code, cause, fix } of checks.slice(5))
      expect({ check, passed, found, code, cause, fix }).toEqual({
        check,
        passed: null,
        found: null,
        code: null,
        cause: unreadable,
        fix: null,
      });
  });

  it("of a community that does not ask for it", async () => {
    const { checks } = await report(await signed(), free);
    const anything = checks.filter(({ expected }) => expected.startsWith("anything"));
    expect(expectations(anything)).toEqual([
      ["issuer", "anything: no issuer is configured"],
      ["audience", "anything: no audience is configured"],
      ["tokenId", "anything: tokens may be used again"],
      ["replay", "anything: tokens may be used again"],
    ]);
    for (const { passed, cause } of anything.slice(2))
      expect({ passed, cause }).toEqual({
        passed: null,
        cause: "The community does not take tokens once only.",
      });
  });
});

describe("Each check says what it found", () => {
  const found = async (payload: object, changes: object = {}) =>
    Object.fromEntries(
      (await report(await signed(payload, header), await community(changes))).checks.map((one) => [
        one.check,
        one.found,
      ]),
    );

  it("in header and claims", async () => {
    const payload = { ...claims, nbf: claims.iat, iss: "me", aud: ["x"], jti: "t-1" };
    expect(await found(payload, { singleUseTokens: true })).toMatchObject({
      community: "active",
      policy: "require",
      parameters: "“alg”, “kid”, “typ”",
      keyId: "“rsa”",
      key: "kid “rsa”, alg “RS256”",
      notBefore: "1795000000 (2026-11-18T11:06:40.000Z)",
      issuedAt: "1795000000 (2026-11-18T11:06:40.000Z)",
      issuer: "“me”",
      audience: "an array",
      tokenId: "“t-1”",
      attributes: "none",
    });
  });

  it.each([
    ["soon", "“soon”"],
    [undefined, "missing"],
    [8.64e12, "8640000000000 (+275760-09-13T00:00:00.000Z)"],
    [8.64e12 + 1, "8640000000001"],
    [-8.64e12 - 1, "-8640000000001"],
    [1.5, "1.5"],
  ])("for the time %j", async (exp, text) => {
    expect((await found({ ...claims, exp })).expiry).toBe(text);
  });

  it.each([
    ["i".repeat(24), `“${"i".repeat(24)}”`],
    ["i".repeat(25), `“${"i".repeat(20)}…” (25 characters)`],
    [7, "7"],
  ])("for the identity %j, shortened", async (identity, text) => {
    expect((await found({ ...claims, identity })).identity).toBe(text);
  });
});

it("Without an expiry there is none to compare", async () => {
  const told = await report(await signed({ identity: "u" }), free);
  for (const check of ["expired", "lifetime"] as const)
    expect(resultOf(told, check)).toMatchObject({
      passed: null,
      cause: "There is no expiry to compare.",
    });
});

describe("The place is told", () => {
  const messenger: Deployment = { id: "web", communityId: "acme", active: true } as Deployment;
  it.each([
    [messenger, { passed: true, found: "active", code: null }],
    [
      { ...messenger, active: false },
      { passed: false, found: "switched off", code: "deployment_inactive" },
    ],
    [undefined, { passed: null, found: null, cause: "No deployment was named." }],
  ])("%#: the deployment", async (deployment, result) => {
    expect(resultOf(await report(await signed(), free, { deployment }), "deployment")).toMatchObject(result);
  });

  it("with the community and its policy", async () => {
    const told = await report(await signed(), await community({ active: false, signedIdentities: "reject" }));
    expect(resultOf(told, "community").found).toBe("switched off");
    expect(resultOf(told, "policy").found).toBe("reject");
  });
});
