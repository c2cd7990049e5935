/** The gate of platform JWTs, step by step: Contact JWTs that this installation exchanged, signed by keys of its own. */

import * as v from "valibot";
import type { Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Deployment } from "../config/config.ts";
import { readCompact, tokenHash } from "./compact.ts";
import { quote, readHeader, type TokenType } from "./header.ts";
import { platformKey, type TokenUse, type VerifiedIdentity } from "./identity.ts";
import type { VerificationKey } from "./keys.ts";
import { type PlatformKeys, platformTokenSeconds } from "./platform-keys.ts";
import { verifySignature } from "./signature.ts";
import type { JsonObject } from "./strict-json.ts";

export const platformTokenType = "vouch-platform+jwt" satisfies TokenType;

const seconds = v.pipe(v.number(), v.integer());

/** What `issue` puts into a token, and the gate so finds in everything that our keys signed. */
const claimsSchema = v.object({
  sub: v.string(),
  aud: v.string(),
  iat: seconds,
  exp: seconds,
  jti: v.string(),
  community: v.string(),
  auth: v.string(),
  identity: v.string(),
  preview: v.boolean(),
  /** The community takes each token once. */
  once: v.boolean(),
  /** The Contact JWT: whatever revokes it revokes this token, and the other way round. */
  contact: v.object({ sha256: v.array(v.string()), iat: v.nullable(seconds), exp: seconds }),
});

export type PlatformClaims = v.InferOutput<typeof claimsSchema>;

/**
 * `fields` are empty: they were stored when the token was issued.
 * @param nowMs milliseconds since 1970-01-01 UTC
 * @throws ProblemError with an identity code of `shared/problems.ts`
 */
export async function verifyPlatformToken(
  { keys, limits }: { readonly keys: Pick<PlatformKeys, "verification">; readonly limits: Limits },
  token: string,
  deployment: Deployment,
  nowMs: number,
): Promise<VerifiedIdentity> {
  const compact = readCompact(token, limits);
  const { alg, kid } = readHeader(compact.header, platformTokenType);
  await verifySignature(token, await findPlatformKey({ alg, kid: requireKid(kid) }, keys));
  const claims = readPlatformClaims(compact.payload);
  checkPlatformExpiry(claims, nowMs);
  checkPlatformLifetime(claims);
  checkDeployment(claims, deployment);
  const { community, auth, identity, preview } = claims;
  return {
    communityId: community,
    authId: auth,
    identity,
    platformKey: platformKey(community, auth, identity),
    fields: {},
    preview,
    token: platformTokenUse(claims, tokenHash(compact)),
    warnings: [],
  };
}

/** @throws ProblemError `key_id_required` */
export function requireKid(kid: string | null): string {
  if (kid === null) throw new ProblemError("key_id_required");
  return kid;
}

/** @throws ProblemError `key_unknown`, `algorithm_not_allowed` */
export async function findPlatformKey(
  { alg, kid }: { readonly alg: string; readonly kid: string },
  keys: Pick<PlatformKeys, "verification">,
): Promise<VerificationKey> {
  const key = await keys.verification(kid);
  if (!key)
    throw new ProblemError("key_unknown", {
      detail: `No platform key has kid ${quote(kid)}; platform JWTs come from /authorize.`,
    });
  if (alg !== key.alg)
    throw new ProblemError("algorithm_not_allowed", {
      detail: `The token's alg is ${quote(alg)}; platform JWTs use ${key.alg}.`,
    });
  return key;
}

/** @throws ProblemError `token_malformed` */
export function readPlatformClaims(payload: JsonObject): PlatformClaims {
  const claims = v.safeParse(claimsSchema, payload);
  if (claims.success) return claims.output;
  throw new ProblemError("token_malformed", {
    detail: "The platform JWT has the claims of another release; exchange the Contact JWT again.",
  });
}

/** @throws ProblemError `token_expired` */
export function checkPlatformExpiry({ exp }: PlatformClaims, nowMs: number): void {
  if (exp * 1000 <= nowMs) throw new ProblemError("token_expired");
}

/**
 * By the token's own times: the nodes' clocks differ, and the one that signed it may be ahead.
 * @throws ProblemError `expiry_too_far`
 */
export function checkPlatformLifetime({ iat, exp }: PlatformClaims): void {
  if (exp - iat > platformTokenSeconds)
    throw new ProblemError("expiry_too_far", {
      detail: `The platform JWT lives for ${exp - iat} s; at most ${platformTokenSeconds} s are allowed.`,
    });
}

/** @throws ProblemError `audience_mismatch` */
export function checkDeployment(
  { aud, community }: PlatformClaims,
  deployment: Pick<Deployment, "id" | "communityId">,
): void {
  if (aud !== deployment.id || community !== deployment.communityId)
    throw new ProblemError("audience_mismatch", {
      detail: `The platform JWT is for the deployment ${quote(aud)}; expected ${quote(deployment.id)}.`,
    });
}

/** @param sha256 the platform JWT's own hash */
export const platformTokenUse = ({ contact, iat, once, jti }: PlatformClaims, sha256: string): TokenUse => ({
  hashes: [sha256, ...contact.sha256],
  // The Contact JWT's, so that a logout everywhere between the two reaches this token as well.
  issuedAtSeconds: contact.iat ?? iat,
  // The Contact JWT's too: the later of the two, and so how long both hashes have to be remembered.
  expiresAtSeconds: contact.exp,
  singleUseId: once ? `platform:${jti}` : null,
});
