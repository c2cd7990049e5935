import { type Clock, timestamp } from "../../../shared/clock.ts";
import type { Limits } from "../../../shared/limits.ts";
import type { Community, Config, Deployment } from "../../config/config.ts";
import type { JwkSets } from "../jwk-sets.ts";
import { checkAttributes, checkClaims } from "./claims.ts";
import { checkHeader } from "./header.ts";
import { checkKey } from "./key.ts";
import { readLeniently } from "./lenient-reading.ts";
import { type TokenReport, verdictOf } from "./report.ts";
import { checkShape } from "./shape.ts";
import type { Subject } from "./subject.ts";
import { checkTimes } from "./times.ts";
import { checkPlace, checkUse, type LookUpToken } from "./use.ts";

export interface TokenCheckParts {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly jwkSets: JwkSets;
  /** Its communities are all looked into: a token that was made for another one is recognised. */
  readonly config: Pick<Config, "communities">;
  /** null: no store is at hand, revocation and replay are left out. */
  readonly lookUp: LookUpToken | null;
}

export interface TokenCheck {
  /**
   * What the gate and the session would say of the text as a Contact JWT, check by check, and why. Opens no session, uses
   * no token, and says nothing of the token itself but shortened values: its reader is an administrator.
   */
  check(token: string, community: Community, deployment?: Deployment): Promise<TokenReport>;
}

/**
 * Each check asks the very step of the gate, so a report can't be of another opinion. It goes on behind a failure, with
 * what could be read all the same: the first failure alone is the verdict.
 */
export function createTokenCheck(parts: TokenCheckParts): TokenCheck {
  const { clock, limits, jwkSets, config, lookUp } = parts;
  return {
    async check(token, community, deployment) {
      const nowMs = clock.now();
      const reading = readLeniently(token);
      const subject: Subject = {
        token,
        reading,
        community,
        deployment: deployment ?? null,
        communities: config.communities,
        jwkSets,
        limits,
        nowMs,
      };
      const checks = [
        ...(await checkPlace(subject)),
        ...(await checkShape(subject)),
        ...(await checkHeader(subject)),
        ...(await checkKey(subject)),
        ...(await checkTimes(subject)),
        ...(await checkClaims(subject)),
        ...(await checkUse(subject, lookUp)),
        checkAttributes(subject),
      ];
      return {
        communityId: community.id,
        checkedAt: timestamp(nowMs),
        repairs: reading.repairs,
        ...verdictOf(checks),
      };
    },
  };
}
