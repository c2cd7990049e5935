import { within } from "../within.ts";

/** What one question is about at most. */
const askedAtMost = 5000;

/** An answer that takes longer is given up. */
const patienceMs = 5000;

/** Questions to the store about many things, one question at a time. Where it does not answer, the next one asks again. */
export interface Rounds {
  /**
   * Asks about the next few, unless an answer is still owed.
   *
   * @param ids all of them; called once each has been asked about
   */
  next(ids: () => Iterable<string>): void;
  /** Asks about all of them, as soon as no answer is owed any more. */
  all(ids: () => Iterable<string>): void;
}

/**
 * @param callsForAll each is asked about in so many calls of `next`, unless there are more than one question takes
 * @param ask asks, and does what the answer says
 */
export function createRounds(callsForAll: number, ask: (ids: readonly string[]) => Promise<void>): Rounds {
  let round: string[] = [];
  let share = 0;
  let asking = false;
  let wanted: (() => Iterable<string>) | null = null;

  async function run(ids: readonly string[]): Promise<void> {
    asking = true;
    try {
      for (let from = 0; from < ids.length; from += askedAtMost)
        await within(patienceMs, ask(ids.slice(from, from + askedAtMost)));
    } catch {
      // Whoever needs the store to answer says so; nobody is waiting here.
    } finally {
      asking = false;
    }
    const all = wanted;
    wanted = null;
    if (all) void run([...all()]);
  }

  return {
    next(ids) {
      if (asking) return;
      if (round.length === 0) {
        round = [...ids()];
        share = Math.min(askedAtMost, Math.ceil(round.length / callsForAll));
      }
      const due = round.splice(-share, share);
      if (due.length > 0) void run(due);
    },
    all(ids) {
      if (asking) wanted = ids;
      else void run([...ids()]);
    },
  };
}
