/** From what a client asserts to what the store may believe. */

import { ProblemError } from "../../shared/problem-error.ts";
import type { IdentityAssertion, OpenedSession } from "../../shared/protocol.ts";
import type { Community, Deployment } from "../config/config.ts";
import type { Gate } from "../identity/gate.ts";
import { datedUse, type TokenUse, type VerifiedIdentity } from "../identity/identity.ts";
import type { PlatformTokens } from "../identity/platform-tokens.ts";
import type { Oidc } from "../oidc/oidc.ts";
import type { SignedIn } from "../oidc/sign-ins.ts";
import type { ContactAssertion, SessionGrant } from "../store/store.ts";
import { policyRefusal } from "./policy.ts";

export interface Asserted {
  readonly contact: ContactAssertion;
  /** null for a visitor. */
  readonly token: TokenUse | null;
  /** What an OpenID provider granted; null for every other identity. */
  readonly grant: SessionGrant | null;
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
export function createAsserter(deps: { gate: Gate; platformTokens: PlatformTokens; oidc: Oidc }): Assert {
  async function verify(
    identity: Exclude<IdentityAssertion, { type: "anonymous" }>,
    deployment: Deployment,
    community: Community,
  ): Promise<SignedIn | { readonly identity: VerifiedIdentity; readonly grant: null }> {
    switch (identity.type) {
      case "contactJwt":
        return { identity: await deps.gate.verifyContactJwt(identity.token, community), grant: null };
      case "platformJwt":
        return { identity: await deps.platformTokens.verify(identity.token, deployment), grant: null };
      default:
        return deps.oidc.signIn(identity, deployment, community);
    }
  }

  return async (identity, deployment, community) => {
    refuseByPolicy(community, identity.type);
    if (identity.type === "anonymous") {
      const contact = { verified: false, communityId: community.id } as const;
      return { contact, token: null, grant: null, preview: false, notice: {} };
    }
    const { identity: verified, grant } = await verify(identity, deployment, community);
    return {
      contact: toContactAssertion(verified),
      token: toTokenUse(verified, community),
      grant,
      preview: verified.preview,
      notice: noticeOf(verified),
    };
  };
}

export const noticeOf = ({
  warnings,
}: Pick<VerifiedIdentity, "warnings">): Pick<OpenedSession, "warnings"> =>
  warnings.length > 0 ? { warnings } : {};

/** Throws `signed_identity_required`, `signed_identity_rejected`. */
export function refuseByPolicy(community: Community, asserted: IdentityAssertion["type"]): void {
  const code = policyRefusal(community.signedIdentities, asserted);
  if (code) throw new ProblemError(code);
}

export function toContactAssertion(
  verified: Omit<VerifiedIdentity, "token">,
): Extract<ContactAssertion, { verified: true }> {
  const { communityId, platformKey, authId, identity, fields } = verified;
  return { verified: true, communityId, platformKey, authId, identity, fields };
}

export const toTokenUse = ({ token }: VerifiedIdentity, community: Community): TokenUse =>
  datedUse(token, community);
