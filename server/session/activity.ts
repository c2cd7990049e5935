import type { Clock } from "../../shared/clock.ts";
import type { SessionRecord, SessionStore } from "../store/store.ts";
import { expiryOf } from "./session-times.ts";

/**
 * Idle expiry moves with everything a customer does; the store hears of it now and then. What it has not heard yet is known
 * here. Another node, or this one after a crash, takes a session for idle up to a tenth too early, never too late.
 */
export interface Activity {
  /** The session with the idle expiry known here. */
  current(session: SessionRecord): SessionRecord;
  /** @returns the session's expiry from now on, in milliseconds; an expired session stays expired */
  touch(session: SessionRecord, idleMs: number): number;
  forget(sessionId: string): void;
  forgetExpired(): void;
}

/** The store may take a session for idle this much too early. */
export const storeWithinMs = 60_000;

interface Known {
  readonly idleExpiresAt: number;
  /** The one that the store has. */
  readonly storedExpiresAt: number;
}

export function createActivity({
  store,
  clock,
}: {
  store: Pick<SessionStore, "touchSession">;
  clock: Clock;
}): Activity {
  const known = new Map<string, Known>();

  function current(session: SessionRecord): SessionRecord {
    const idleExpiresAt = known.get(session.id)?.idleExpiresAt ?? 0;
    return idleExpiresAt > session.idleExpiresAt ? { ...session, idleExpiresAt } : session;
  }

  return {
    current,

    touch(session, idleMs) {
      const expiresAt = expiryOf(current(session));
      const idleExpiresAt = Math.min(clock.now() + idleMs, session.absoluteExpiresAt);
      if (clock.now() >= expiresAt || idleExpiresAt <= expiresAt) return expiresAt;
      const storedExpiresAt = Math.max(
        session.idleExpiresAt,
        known.get(session.id)?.storedExpiresAt ?? session.idleExpiresAt,
      );
      const isDue = idleExpiresAt - storedExpiresAt >= storeAfterMs(idleMs);
      known.set(session.id, {
        idleExpiresAt,
        storedExpiresAt: isDue ? idleExpiresAt : storedExpiresAt,
      });
      if (isDue)
        void store.touchSession(session.id, idleExpiresAt).catch(() => unstore(session.id, storedExpiresAt));
      return idleExpiresAt;
    },

    forget: (sessionId) => void known.delete(sessionId),

    forgetExpired() {
      const now = clock.now();
      for (const [id, { idleExpiresAt }] of known) if (idleExpiresAt <= now) known.delete(id);
    },
  };

  /** The store could not be told: the next touch tells it again. */
  function unstore(sessionId: string, storedExpiresAt: number): void {
    const entry = known.get(sessionId);
    if (entry) known.set(sessionId, { ...entry, storedExpiresAt });
  }
}

const storeAfterMs = (idleMs: number): number => Math.max(1000, Math.min(storeWithinMs, idleMs / 10));
