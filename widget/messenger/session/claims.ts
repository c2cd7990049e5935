/** Small judgements about identity tokens. */

import type { IdentityAssertion } from "../../../shared/protocol.ts";
import type { AssertedIdentity } from "../../bridge/messages.ts";

export function assertion(claim: AssertedIdentity): IdentityAssertion {
  if (!claim) return { type: "anonymous" };
  return "contactJwt" in claim
    ? { type: "contactJwt", token: claim.contactJwt }
    : { type: "platformJwt", token: claim.platformJwt };
}

/** The text that stands for a claim wherever two are compared; a Contact JWT and a platform JWT are never the same. */
export const claimKey = (claim: AssertedIdentity): string => JSON.stringify(assertion(claim));

export const sameClaim = (a: AssertedIdentity, b: AssertedIdentity): boolean => claimKey(a) === claimKey(b);
