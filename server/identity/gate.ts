import type { Clock } from "../../shared/clock.ts";
import type { Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Community } from "../config/config.ts";
import { readAttributes } from "./attributes.ts";
import { checkAudience, checkIssuer } from "./audience.ts";
import { readCompact, tokenHash } from "./compact.ts";
import { quote, readHeader } from "./header.ts";
import { contactJwtSource, platformKey, type VerifiedIdentity } from "./identity.ts";
import type { JwkSets } from "./jwk-sets.ts";
import { findKey } from "./keyring.ts";
import { verifySignature } from "./signature.ts";
import { type JsonObject, ownMember } from "./strict-json.ts";
import { readIdentity } from "./subject.ts";
import { checkTimes } from "./time-claims.ts";

export interface GateParts {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly jwkSets: JwkSets;
  /** Told of each key, once a signature was verified by it. */
  keyUsed?(communityId: string, kid: string): void;
}

export interface Gate {
  /** @throws ProblemError with an identity code of `shared/problems.ts` */
  verifyContactJwt(token: string, community: Community): Promise<VerifiedIdentity>;
}

/**
 * The gate that every Contact JWT passes, in the order of the calls below: no signature is computed before the shape is
 * right, no claim is believed before the signature is. Revocation and replay need the store: they are checked in the
 * transaction that opens the session, from the `token` handed on.
 */
export function createGate({ clock, limits, jwkSets, keyUsed }: GateParts): Gate {
  return {
    async verifyContactJwt(token, community) {
      const compact = readCompact(token, limits);
      const found = findKey(readHeader(compact.header, "JWT"), community, jwkSets);
      // Configured keys are at hand: no turn of the event loop is spent on them.
      const key = found instanceof Promise ? await found : found;
      await verifySignature(token, key);
      if (key.kid !== null) keyUsed?.(community.id, key.kid);
      const { payload } = compact;
      const times = checkTimes(payload, community, clock.now());
      checkIssuer(payload, community);
      checkAudience(payload, community);
      const identity = readIdentity(payload, community.identityClaim);
      const singleUseId = community.singleUseTokens ? readTokenId(payload) : null;
      return {
        communityId: community.id,
        authId: contactJwtSource,
        identity,
        platformKey: platformKey(community.id, contactJwtSource, identity),
        ...readAttributes(payload, community, limits),
        preview: false,
        token: { hashes: [tokenHash(compact)], ...times, singleUseId },
      };
    },
  };
}

/** RFC 7519, section 4.1.7. Mandatory where tokens are taken once: without it nothing tells two of them apart. */
export function readTokenId(payload: JsonObject): string {
  const jti = ownMember(payload, "jti");
  if (typeof jti === "string" && jti.isWellFormed() && jti.length >= 1 && jti.length <= 256) return jti;
  throw new ProblemError("token_malformed", {
    detail: `The community takes each token once and so needs a jti of 1 to 256 characters; the token's is ${quote(jti)}.`,
  });
}
