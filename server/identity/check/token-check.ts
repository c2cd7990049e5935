import { type Clock, timestamp } from "../../../shared/clock.ts";
import type { Limits } from "../../../shared/limits.ts";
import type { Community, Config, Deployment } from "../../config/config.ts";
import type { Providers } from "../../oidc/providers.ts";
import type { JwkSets } from "../jwk-sets.ts";
import { checkContactJwt } from "./contact-jwt.ts";
import { checkIdToken } from "./id-token.ts";
import { readLeniently } from "./lenient-reading.ts";
import { checkPlatformJwt, type KnownPlatformKeys } from "./platform-jwt.ts";
import { judgeOf, recognise } from "./recognise.ts";
import { type TokenCheckResult, type TokenReport, verdictOf } from "./report.ts";
import type { Subject } from "./subject.ts";
import type { LookUpToken } from "./use.ts";

export interface TokenCheckParts {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly jwkSets: JwkSets;
  /** Its communities are all looked into: a token that was made for another one is recognised. */
  readonly config: Pick<Config, "communities" | "deployments">;
  readonly platformKeys: KnownPlatformKeys;
  readonly providerOf: Providers["of"];
  /** null: no store is at hand, revocation and replay are left out. */
  readonly lookUp: LookUpToken | null;
}

/** Where the token would be presented, and with what. */
export interface TokenPlace {
  readonly community: Community;
  readonly deployment?: Deployment;
  /** Passed beside an ID token. */
  readonly nonce?: string;
}

export interface TokenCheck {
  /**
   * What the gate of its kind and the session would say of the text, check by check, and why. Opens no session, uses no
   * token, and says nothing of the token itself but shortened values: its reader is an administrator.
   */
  check(token: string, place: TokenPlace): Promise<TokenReport>;
}

/**
 * Each check asks the very step of the gate, so a report can't be of another opinion. It goes on behind a failure, with
 * what could be read all the same: the first failure alone is the verdict.
 */
export function createTokenCheck(parts: TokenCheckParts): TokenCheck {
  const { clock, limits, jwkSets, config, platformKeys, providerOf, lookUp } = parts;

  function checksOf(subject: Subject): Promise<TokenCheckResult[]> {
    const { judgedAs, community } = subject;
    if (judgedAs === "platformJwt") return checkPlatformJwt(subject, platformKeys, lookUp);
    return judgedAs === "idToken" && community.oidc
      ? checkIdToken(subject, community.oidc, providerOf, lookUp)
      : checkContactJwt(subject, lookUp);
  }

  return {
    async check(token, { community, deployment = null, nonce = null }) {
      const nowMs = clock.now();
      const reading = readLeniently(token);
      const kind = recognise(token, reading, community, jwkSets);
      const judgedAs = judgeOf(kind, community);
      const { communities, deployments } = config;
      const place = { community, deployment, nonce, communities, deployments };
      const checks = await checksOf({ token, reading, kind, judgedAs, ...place, jwkSets, limits, nowMs });
      return {
        communityId: community.id,
        checkedAt: timestamp(nowMs),
        kind,
        judgedAs,
        repairs: reading.repairs,
        ...verdictOf(checks),
      };
    },
  };
}
