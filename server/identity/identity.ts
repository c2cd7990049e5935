/** What the gate hands on: an identity that somebody vouched for, and what was learned on the way. */

import { hash } from "node:crypto";
import type { ProblemCode } from "../../shared/problems.ts";

export interface SignedField {
  readonly value: string;
  /** The claim it came from, for the agents: `comm100.email`, `plan`, `extra_values.plan`. */
  readonly claim: string;
}

/** The use of one token, for revocation and replay. Hashes are SHA-256 in lower-case hex. */
export interface TokenUse {
  /** The token itself first; for a platform token also the Contact JWT it was exchanged for. */
  readonly hashes: readonly string[];
  /** `iat`, in seconds; null where the token has none. */
  readonly issuedAtSeconds: number | null;
  /** `exp`, in seconds. */
  readonly expiresAtSeconds: number;
  /** The community takes this `jti` once; null where tokens may be used again. */
  readonly singleUseId: string | null;
  /** Of the OpenID provider's session that it belongs to: once that has ended, the token is as good as revoked. */
  readonly providerSessionMark?: string;
}

/** What revocation remembers a provider's session by: SHA-256, lower-case hex. */
export const providerSessionMark = (communityId: string, authId: string, providerSession: string): string =>
  hash("sha256", JSON.stringify(["provider session", communityId, authId, providerSession]));

/**
 * A token without `iat` counts as issued as early as its expiry allows: after “log out everywhere” it is refused rather than
 * let in, for `maxTokenLifetimeSeconds` at most.
 */
export const datedUse = (
  token: TokenUse,
  { maxTokenLifetimeSeconds }: { readonly maxTokenLifetimeSeconds: number },
): TokenUse => ({
  ...token,
  issuedAtSeconds: token.issuedAtSeconds ?? token.expiresAtSeconds - maxTokenLifetimeSeconds,
});

export interface VerifiedIdentity {
  readonly communityId: string;
  /** Names the source of the identity, so that two sources never collide. */
  readonly authId: string;
  readonly identity: string;
  /** `v1/{community}/AUTH/{authId}/uid:{identity}` */
  readonly platformKey: string;
  /** By field name. */
  readonly fields: Readonly<Record<string, SignedField>>;
  /** Test conversation that agents see only when they ask for it. */
  readonly preview: boolean;
  readonly token: TokenUse;
  /** Attributes that were dropped, and why. */
  readonly warnings: readonly { readonly code: ProblemCode; readonly detail: string }[];
}

/** `authId` of the community's own keys; OpenID providers have names of their own. */
export const contactJwtSource = "jwt";

export const platformKey = (communityId: string, authId: string, identity: string): string =>
  `v1/${communityId}/AUTH/${authId}/uid:${identity}`;

/** The parts of a signed contact's key: ids hold no slash, and the identity is all the rest. null: it is none. */
export function parsePlatformKey(
  key: string,
): Pick<VerifiedIdentity, "communityId" | "authId" | "identity"> | null {
  const match = /^v1\/([^/]+)\/AUTH\/([^/]+)\/uid:(.+)$/s.exec(key);
  if (!match) return null;
  const [, communityId = "", authId = "", identity = ""] = match;
  return { communityId, authId, identity };
}

export const visitorKey = (communityId: string, contactId: string): string =>
  `v1/${communityId}/ANON/uid:${contactId}`;
