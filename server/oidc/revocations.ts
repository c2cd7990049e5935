import type { Clock } from "../../shared/clock.ts";
import type { Config } from "../config/config.ts";
import type { GrantStore, RevocableGrant } from "../store/store.ts";
import type { Oidc } from "./oidc.ts";

/** Asked for at a time: what is left is taken by the next sweep. */
const batch = 20;
/** A node may know of a later idle expiry than the store: it takes a minute at most to tell. */
const graceMs = 90_000;
const firstRetryMs = 5000;
const lastRetryMs = 10 * 60_000;

export interface Revocations {
  /** Called every few seconds: revokes what ended sessions leave behind. Never rejects. */
  sweep(): Promise<void>;
}

interface Waiting {
  readonly until: number;
  readonly waitMs: number;
}

/**
 * Refresh tokens of sessions that are over, revoked at their providers behind everybody's back: a logout does not wait for
 * a provider, nor fail with it. The store forgets a token only once its provider has answered, so that neither a crash nor
 * an outage of the provider loses a revocation.
 */
export function createRevocations(deps: {
  readonly store: GrantStore;
  readonly oidc: Pick<Oidc, "revoke">;
  readonly config: Pick<Config, "communities">;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}): Revocations {
  const { store, oidc, config, clock } = deps;
  const waiting = new Map<string, Waiting>();
  let underWay: Promise<void> | null = null;

  async function revoke({ sessionId, communityId, sealedRefreshToken }: RevocableGrant): Promise<void> {
    const community = config.communities.get(communityId);
    if (!community || (await oidc.revoke(sealedRefreshToken, community))) {
      waiting.delete(sessionId);
      await store.removeGrant(sessionId);
      return;
    }
    const waitMs = Math.min((waiting.get(sessionId)?.waitMs ?? firstRetryMs / 2) * 2, lastRetryMs);
    waiting.set(sessionId, { until: clock.now() + waitMs, waitMs });
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    // Those of a provider that is down stand in front: as many more are asked for, or they would hold up all others.
    const grants = await store.grantsToRevoke(now - graceMs, batch + waiting.size);
    const due = grants.filter(({ sessionId }) => (waiting.get(sessionId)?.until ?? 0) <= now);
    const left = new Set(grants.map(({ sessionId }) => sessionId));
    for (const sessionId of waiting.keys()) if (!left.has(sessionId)) waiting.delete(sessionId);
    await Promise.all(due.slice(0, batch).map(revoke));
  }

  return {
    sweep() {
      underWay ??= sweep()
        .catch(deps.failed)
        .finally(() => {
          underWay = null;
        });
      return underWay;
    },
  };
}
