import { ProblemError } from "../../shared/problem-error.ts";
import type { Community } from "../config/config.ts";
import type { Oidc } from "../oidc/oidc.ts";
import { createSharedLocks, type SharedLocks } from "../redis/shared-locks.ts";
import { nothingShared } from "../redis/shared-scripts.ts";
import type { GrantStore, SessionRecord } from "../store/store.ts";
import { type Asserted, noticeOf, toContactAssertion, toTokenUse } from "./assertion.ts";

/** Longest time that a provider is waited for, and some more. */
const renewalMs = 30_000;

/** Renewing by the refresh token that the session's provider granted. */
export interface SilentRenewal<Renewed> {
  /**
   * The same customer, vouched for again; whether the policy still lets the session be is asked by `authenticate`.
   * @throws ProblemError `request_invalid` where there is no refresh token, `identity_changed`, and every identity code
   */
  assert(session: SessionRecord, community: Community): Promise<Asserted>;
  /** Requests of one session at a time share one renewal: a refresh token that is used twice is taken for stolen. */
  once(sessionId: string, renew: () => Promise<Renewed>): Promise<Renewed>;
}

export function createSilentRenewal<Renewed>({
  store,
  oidc,
  locks = createSharedLocks(nothingShared),
}: {
  store: GrantStore;
  oidc: Oidc;
  locks?: SharedLocks;
}): SilentRenewal<Renewed> {
  async function aloneOfAllNodes(sessionId: string, renew: () => Promise<Renewed>): Promise<Renewed> {
    const renewed = await locks.alone(`renewal:${sessionId}`, renewalMs, renew);
    if (renewed) return renewed.result;
    // The other node's answer carries the new session token, and went to another tab.
    throw new ProblemError("unavailable", {
      detail: "The session is being renewed for another tab.",
      retryAfterSeconds: 1,
    });
  }

  const underWay = new Map<string, Promise<Renewed>>();

  return {
    async assert(session, community) {
      const grant = session.hasRefreshToken ? await store.grant(session.id) : null;
      if (!grant)
        throw new ProblemError("request_invalid", {
          detail: "The session holds no refresh token: identity is expected.",
        });
      const renewal = await oidc.renew(grant, community);
      if (renewal.kind !== "renewed") {
        if (renewal.kind === "over") await store.removeGrant(session.id);
        else await store.replaceRefreshToken(session.id, renewal.sealedRefreshToken);
        throw renewal.problem;
      }
      const { identity } = renewal;
      return {
        contact: toContactAssertion(identity),
        token: identity.token && toTokenUse({ ...identity, token: identity.token }, community),
        grant: renewal.grant,
        preview: session.preview,
        notice: noticeOf(identity),
      };
    },

    once(sessionId, renew) {
      const known = underWay.get(sessionId);
      if (known) return known;
      const renewing = aloneOfAllNodes(sessionId, renew).finally(() => underWay.delete(sessionId));
      underWay.set(sessionId, renewing);
      return renewing;
    },
  };
}
