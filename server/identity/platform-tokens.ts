import { randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { SignJWT } from "jose/jwt/sign";
import * as v from "valibot";
import type { Clock } from "../../shared/clock.ts";
import type { Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Deployment } from "../config/config.ts";
import type { Sealer } from "../config/secret.ts";
import type { KeyStore } from "../store/store.ts";
import { readCompact, tokenHash } from "./compact.ts";
import { quote, readHeader } from "./header.ts";
import { platformKey, type VerifiedIdentity } from "./identity.ts";
import { createPlatformKeys, type PlatformKeys, platformTokenSeconds } from "./platform-keys.ts";
import { verifySignature } from "./signature.ts";

const type = "vouch-platform+jwt";

export interface PlatformTokens {
  /** Lives at most 15 minutes, and never longer than the Contact JWT it is made for. */
  issue(
    identity: VerifiedIdentity,
    deploymentId: string,
    preview: boolean,
  ): Promise<{ accessToken: string; expiresInSeconds: number }>;
  /**
   * `fields` are empty: they were stored when the token was issued.
   * @throws ProblemError with an identity code of `shared/problems.ts`
   */
  verify(token: string, deployment: Deployment): Promise<VerifiedIdentity>;
  /** The public keys, for `/.well-known/jwks.json`. */
  jwks(): Promise<{ keys: JWK[] }>;
}

const seconds = v.pipe(v.number(), v.integer());

/** What `issue` puts into a token, and `verify` so finds in everything that our keys signed. */
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

type Claims = v.InferOutput<typeof claimsSchema>;

export async function createPlatformTokens(deps: {
  store: KeyStore;
  sealer: Sealer;
  clock: Clock;
  limits: Limits;
}): Promise<PlatformTokens> {
  const { clock, limits } = deps;
  const keys: PlatformKeys = createPlatformKeys(deps);
  // Made now, so that a store that can't be read or a changed VOUCH_SECRET shows at start.
  await keys.signing();

  async function readClaims(token: string): Promise<{ claims: Claims; hash: string }> {
    const compact = readCompact(token, limits);
    const { alg, kid } = readHeader(compact.header, type);
    if (kid === null) throw new ProblemError("key_id_required");
    const key = await keys.verification(kid);
    if (!key)
      throw new ProblemError("key_unknown", {
        detail: `No platform key has kid ${quote(kid)}; platform JWTs come from /authorize.`,
      });
    if (alg !== key.alg)
      throw new ProblemError("algorithm_not_allowed", {
        detail: `The token's alg is ${quote(alg)}; platform JWTs use ${key.alg}.`,
      });
    await verifySignature(token, key);
    const claims = v.safeParse(claimsSchema, compact.payload);
    if (!claims.success)
      throw new ProblemError("token_malformed", {
        detail: "The platform JWT has the claims of another release; exchange the Contact JWT again.",
      });
    return { claims: claims.output, hash: tokenHash(compact) };
  }

  return {
    async issue(identity, deploymentId, preview) {
      const { kid, key } = await keys.signing();
      const issuedAt = Math.floor(clock.now() / 1000);
      const expiresAt = Math.min(issuedAt + platformTokenSeconds, identity.token.expiresAtSeconds);
      const claims: Claims = {
        sub: identity.platformKey,
        aud: deploymentId,
        iat: issuedAt,
        exp: expiresAt,
        jti: randomUUID(),
        community: identity.communityId,
        auth: identity.authId,
        identity: identity.identity,
        preview,
        once: identity.token.singleUseId !== null,
        contact: {
          sha256: [...identity.token.hashes],
          iat: identity.token.issuedAtSeconds,
          exp: identity.token.expiresAtSeconds,
        },
      };
      const accessToken = await new SignJWT(claims)
        .setProtectedHeader({ alg: "EdDSA", kid, typ: type })
        .sign(key);
      return { accessToken, expiresInSeconds: expiresAt - issuedAt };
    },

    async verify(token, deployment) {
      const { claims, hash } = await readClaims(token);
      const { community, auth, identity, contact } = claims;
      if (claims.exp * 1000 <= clock.now()) throw new ProblemError("token_expired");
      if (claims.aud !== deployment.id || community !== deployment.communityId)
        throw new ProblemError("audience_mismatch", {
          detail: `The platform JWT is for the deployment ${quote(claims.aud)}; expected ${quote(deployment.id)}.`,
        });
      return {
        communityId: community,
        authId: auth,
        identity,
        platformKey: platformKey(community, auth, identity),
        fields: {},
        preview: claims.preview,
        token: {
          hashes: [hash, ...contact.sha256],
          // The Contact JWT's, so that a logout everywhere between the two reaches this token as well.
          issuedAtSeconds: contact.iat ?? claims.iat,
          // The Contact JWT's too: the later of the two, and so how long both hashes have to be remembered.
          expiresAtSeconds: contact.exp,
          singleUseId: claims.once ? `platform:${claims.jti}` : null,
        },
        warnings: [],
      };
    },

    jwks: keys.published,
  };
}
