/** When a session's expiries are announced, in milliseconds. Pure. */

import type { Community } from "../../config/config.ts";
import type { SessionRecord } from "../../store/store.ts";

type Times = Community["session"];

/** Early enough to renew, late enough that a customer who is still here has moved the expiry by then. */
const noticeMs = 60_000;
const share = 0.2;

/** @param expiresAt the nearer of both expiries */
export function expiryNoticeAt(session: SessionRecord, expiresAt: number, times: Times | undefined): number {
  const idleSeconds = session.method === "anonymous" ? times?.anonymousSeconds : times?.idleSeconds;
  return expiresAt - Math.min(noticeMs, (idleSeconds ?? 0) * 1000 * share);
}

/**
 * At 80 % of its life a session needs a fresh token: activity puts its absolute expiry off no more. null for a visitor, who
 * has none to show.
 */
export const renewalNoticeAt = (session: SessionRecord, times: Times | undefined): number | null =>
  session.method === "anonymous" || !times
    ? null
    : session.absoluteExpiresAt - times.absoluteSeconds * 1000 * share;
