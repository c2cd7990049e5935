import type { ProblemCode } from "../../shared/problems.ts";
import type { IdentityAssertion, SignedIdentities } from "../../shared/protocol.ts";
import type { Config } from "../config/config.ts";

const refusals: Readonly<
  Record<SignedIdentities, Readonly<Record<"signed" | "anonymous", ProblemCode | null>>>
> = {
  require: { signed: null, anonymous: "signed_identity_required" },
  accept: { signed: null, anonymous: null },
  reject: { signed: "signed_identity_rejected", anonymous: null },
};

/** Decided before the token is looked at: under `reject` even a valid one is refused, under `accept` a bad one stays an error. */
export const policyRefusal = (
  policy: SignedIdentities,
  asserted: IdentityAssertion["type"],
): ProblemCode | null => refusals[policy][asserted === "anonymous" ? "anonymous" : "signed"];

/** Whether the community still lets sessions of this kind in: a session that it would not let in now, it does not keep. */
export function isKeptByPolicy(
  { communities }: Pick<Config, "communities">,
  { communityId, method }: { readonly communityId: string; readonly method: IdentityAssertion["type"] },
): boolean {
  const community = communities.get(communityId);
  return community !== undefined && policyRefusal(community.signedIdentities, method) === null;
}
