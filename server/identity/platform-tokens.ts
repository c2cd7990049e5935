import { randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { SignJWT } from "jose/jwt/sign";
import type { Clock } from "../../shared/clock.ts";
import type { Limits } from "../../shared/limits.ts";
import type { Deployment } from "../config/config.ts";
import type { Sealer } from "../config/secret.ts";
import type { KeyStore } from "../store/store.ts";
import type { VerifiedIdentity } from "./identity.ts";
import { type PlatformClaims, platformTokenType, verifyPlatformToken } from "./platform-gate.ts";
import { createPlatformKeys, type PlatformKeys, platformTokenSeconds } from "./platform-keys.ts";

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
  /** For reports on tokens. */
  readonly keys: Pick<PlatformKeys, "verification">;
  /** The public keys, for `/.well-known/jwks.json`. */
  jwks(): Promise<{ keys: JWK[] }>;
}

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

  return {
    async issue(identity, deploymentId, preview) {
      const { kid, key } = await keys.signing();
      const issuedAt = Math.floor(clock.now() / 1000);
      const expiresAt = Math.min(issuedAt + platformTokenSeconds, identity.token.expiresAtSeconds);
      const claims: PlatformClaims = {
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
        .setProtectedHeader({ alg: "EdDSA", kid, typ: platformTokenType })
        .sign(key);
      return { accessToken, expiresInSeconds: expiresAt - issuedAt };
    },

    verify: (token, deployment) => verifyPlatformToken({ keys, limits }, token, deployment, clock.now()),

    keys,

    jwks: keys.published,
  };
}
