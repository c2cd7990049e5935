import { within } from "../within.ts";

/** Each live session is asked for at least every so many sweeps, which come once a second. */
const sweepsForAll = 3;
/** What one statement asks for at most: beyond three times that many sessions it takes longer to come round. */
const askedAtMost = 5000;

/** An answer that takes longer is given up. */
const patienceMs = 5000;

export interface EndedCheck {
  /** Asks the store for the next few sessions, in one statement, unless it still owes the last answer. */
  sweep(liveIds: Iterable<string>, liveCount: number): void;
}

/**
 * The bus may drop the end of a session (invariants 4 and 7): so the store is asked too, some sessions at a time. Where the
 * store does not answer either, the next sweep asks again; until then it takes no message of an ended session.
 *
 * @param ended is told each session that has
 */
export function createEndedCheck(
  endedAmong: (sessionIds: readonly string[]) => Promise<readonly string[]>,
  ended: (sessionId: string) => void,
): EndedCheck {
  let round: string[] = [];
  let asking = false;

  async function ask(sessionIds: readonly string[]): Promise<void> {
    asking = true;
    try {
      for (const id of await within(patienceMs, endedAmong(sessionIds))) ended(id);
    } catch {
      // Whoever needs the store to answer says so; nobody is waiting here.
    } finally {
      asking = false;
    }
  }

  return {
    sweep(liveIds, liveCount) {
      if (asking) return;
      if (round.length === 0) round = [...liveIds];
      const share = Math.min(askedAtMost, Math.ceil(liveCount / sweepsForAll));
      const due = round.splice(-share, share);
      if (due.length > 0) void ask(due);
    },
  };
}
