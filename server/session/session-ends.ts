/** Sessions seen by their customer: where one is signed in, and how each of them ends. */

import { type Clock, timestamp } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { SessionSummary } from "../../shared/protocol.ts";
import type { Bus } from "../delivery/bus.ts";
import type { EndSelection, SessionRecord, SessionStore, SingleUse } from "../store/store.ts";
import { type Activity, storeWithinMs } from "./activity.ts";
import { expiryOf } from "./session-times.ts";
import { hashSessionToken } from "./session-token.ts";

export interface SessionEnds {
  /** Ends the session and revokes its tokens; idempotent. Throws `session_missing` only where no token is given. */
  end(sessionToken: string | null, options: { readonly everywhere: boolean }): Promise<void>;
  /** Ends sessions for another reason than their own token's logout; idempotent. */
  endSelected(selection: EndSelection): Promise<void>;
  /** The same for a request that counts once. Throws `token_replayed`. */
  endSelectedOnce(selection: EndSelection, use: SingleUse): Promise<void>;
  /** Where the customer of this session is signed in, newest first. */
  list(session: SessionRecord): Promise<readonly SessionSummary[]>;
  /** Ends one of the customer's own sessions. Throws `not_found` where it is over or not theirs. */
  endOwn(session: SessionRecord, sessionId: string): Promise<void>;
}

export function createSessionEnds({
  store,
  clock,
  activity,
  tellEnded,
}: {
  store: SessionStore;
  clock: Clock;
  activity: Activity;
  tellEnded: (sessionIds: readonly string[]) => void;
}): SessionEnds {
  return {
    async end(sessionToken, { everywhere }) {
      if (sessionToken === null) throw new ProblemError("session_missing");
      const tokenHash = hashSessionToken(sessionToken);
      tellEnded(await store.endSession({ tokenHash, everywhere, at: clock.now() }));
    },

    endSelected: async (selection) => tellEnded(await store.endSelected(selection, clock.now())),

    async endSelectedOnce(selection, use) {
      const ended = await store.endSelectedOnce(selection, use, clock.now());
      if (!ended) throw new ProblemError("token_replayed");
      tellEnded(ended);
    },

    async list({ id, contactId }) {
      const now = clock.now();
      const listed = await store.sessionsOf(contactId, now - storeWithinMs);
      return listed
        .map(({ device, ...session }) => ({ device, ...activity.current(session) }))
        .filter((session) => expiryOf(session) > now)
        .map((session) => ({
          id: session.id,
          device: session.device,
          createdAt: timestamp(session.createdAt),
          expiresAt: timestamp(expiryOf(session)),
          current: session.id === id,
        }));
    },

    async endOwn({ contactId }, sessionId) {
      const ended = await store.endSelected({ by: "id", sessionId, contactId }, clock.now());
      if (ended.length === 0)
        throw new ProblemError("not_found", { detail: "You have no such session, or it is over." });
      tellEnded(ended);
    },
  };
}

/** Sockets of an ended session close wherever they are. */
export const createTellEnded =
  (bus: Bus, activity: Pick<Activity, "forget">) =>
  (sessionIds: readonly string[]): void => {
    for (const sessionId of sessionIds) {
      activity.forget(sessionId);
      bus.publish(`session:${sessionId}`, { kind: "ended", sessionId });
    }
  };
