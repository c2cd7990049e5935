import type { Community } from "../config/config.ts";
import type { SessionMethod, SessionTimes } from "../store/store.ts";

/** How long a session of this kind may be idle, in milliseconds. */
export const idleMs = (community: Community, method: SessionMethod): number =>
  1000 * (method === "anonymous" ? community.session.anonymousSeconds : community.session.idleSeconds);

/** A visitor has no identity to renew with: the whole session lasts as long as it may be idle. */
export function timesFrom(now: number, community: Community, method: SessionMethod): SessionTimes {
  const { anonymousSeconds, absoluteSeconds } = community.session;
  const absoluteExpiresAt = now + 1000 * (method === "anonymous" ? anonymousSeconds : absoluteSeconds);
  return { idleExpiresAt: Math.min(now + idleMs(community, method), absoluteExpiresAt), absoluteExpiresAt };
}

/** The nearer of both. */
export const expiryOf = (times: SessionTimes): number =>
  Math.min(times.idleExpiresAt, times.absoluteExpiresAt);
