/** From what a client asserts to what the store may believe. */

import { ProblemError } from "../../shared/problem-error.ts";
import type { IdentityAssertion, OpenedSession } from "../../shared/protocol.ts";
import type { Community, Deployment } from "../config/config.ts";
import type { Gate } from "../identity/gate.ts";
import type { TokenUse, VerifiedIdentity } from "../identity/identity.ts";
import type { PlatformTokens } from "../identity/platform-tokens.ts";
import type { ContactAssertion } from "../store/store.ts";
import { policyRefusal } from "./policy.ts";

export interface Asserted {
  readonly contact: ContactAssertion;
  /** null for a visitor. */
  readonly token: TokenUse | null;
  readonly preview: boolean;
  /** What to tell about attributes that were dropped. */
  readonly notice: Pick<OpenedSession, "warnings">;
}

export type Assert = (
  identity: IdentityAssertion,
  deployment: Deployment,
  community: Community,
) => Promise<Asserted>;

/** @returns a function that throws every identity code, and never takes a bad token for a visitor */
export function createAsserter(deps: { gate: Gate; platformTokens: PlatformTokens }): Assert {
  return async (identity, deployment, community) => {
    refuseByPolicy(community, identity.type);
    if (identity.type === "anonymous") {
      const contact = { verified: false, communityId: community.id } as const;
      return { contact, token: null, preview: false, notice: {} };
    }
    const verified =
      identity.type === "contactJwt"
        ? await deps.gate.verifyContactJwt(identity.token, community)
        : await deps.platformTokens.verify(identity.token, deployment);
    return {
      contact: toContactAssertion(verified),
      token: toTokenUse(verified, community),
      preview: verified.preview,
      notice: verified.warnings.length > 0 ? { warnings: verified.warnings } : {},
    };
  };
}

/** Throws `signed_identity_required`, `signed_identity_rejected`. */
export function refuseByPolicy(community: Community, asserted: IdentityAssertion["type"]): void {
  const code = policyRefusal(community.signedIdentities, asserted);
  if (code) throw new ProblemError(code);
}

export function toContactAssertion(
  verified: VerifiedIdentity,
): Extract<ContactAssertion, { verified: true }> {
  const { communityId, platformKey, authId, identity, fields } = verified;
  return { verified: true, communityId, platformKey, authId, identity, fields };
}

/**
 * A token without `iat` counts as issued as early as its expiry allows: after “log out everywhere” it is refused rather than
 * let in, for `maxTokenLifetimeSeconds` at most.
 */
export function toTokenUse({ token }: VerifiedIdentity, community: Community): TokenUse {
  const earliest = token.expiresAtSeconds - community.maxTokenLifetimeSeconds;
  return { ...token, issuedAtSeconds: token.issuedAtSeconds ?? earliest };
}
