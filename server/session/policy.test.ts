import { describe, expect, it } from "vitest";
import type { Community } from "../config/config.ts";
import { isKeptByPolicy, policyRefusal } from "./policy.ts";

describe("The policy on signed identities", () => {
  it.each([
    ["require", "anonymous", "signed_identity_required"],
    ["require", "contactJwt", null],
    ["require", "platformJwt", null],
    ["accept", "anonymous", null],
    ["accept", "contactJwt", null],
    ["accept", "platformJwt", null],
    ["reject", "anonymous", null],
    ["reject", "contactJwt", "signed_identity_rejected"],
    ["reject", "platformJwt", "signed_identity_rejected"],
  ] as const)("%s, shown %s: %s", (policy, asserted, refusal) => {
    expect(policyRefusal(policy, asserted)).toBe(refusal);
  });

  it.each([
    ["require", "anonymous", false],
    ["require", "contactJwt", true],
    ["accept", "anonymous", true],
    ["accept", "oidcCode", true],
    ["reject", "anonymous", true],
    ["reject", "signInTicket", false],
  ] as const)("%s keeps a session that was opened by %s: %s", (signedIdentities, method, kept) => {
    const communities = new Map([["acme", { signedIdentities } as Community]]);
    expect(isKeptByPolicy({ communities }, { communityId: "acme", method })).toBe(kept);
    expect(isKeptByPolicy({ communities }, { communityId: "removed", method })).toBe(false);
  });
});
