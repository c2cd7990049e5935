import { describe, expect, it } from "vitest";
import { policyRefusal } from "./policy.ts";

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
});
