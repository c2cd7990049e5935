/**
 * How many come back together who lost another node together. Ten thousand in one second would each wait for all others,
 * give up after ten seconds and begin again, and the work done for them would be lost: so few are checked at a time, and
 * whoever finds no place is told another moment to come, so many in each second.
 *
 * The pace is fixed. One that was measured would be measured in the very crush, and be far too slow for what comes after it;
 * whoever comes too early for a slow node is told again.
 */
export interface Turnstile {
  enter(): Passage;
}

export type Passage =
  /** `leave` is called once, whatever became of it; calling it again does nothing. */
  { readonly kind: "open"; leave(): void } | { readonly kind: "later"; readonly retryInMs: number };

/** Customers whose tokens a node looks up at the same time. */
export const checkedAtOnce = 200;
/** The first who has to wait does not come back before this. */
const leastWaitMs = 1000;
const longestWaitMs = 60_000;
/** Between the moments of two who are told one after the other. */
const paceMs = 1;

/**
 * @param deps.atOnce how many are checked at a time
 * @param deps.now milliseconds of a clock that is never set
 */
export function createTurnstile(deps: { readonly atOnce: number; readonly now: () => number }): Turnstile {
  const { atOnce, now } = deps;
  let inside = 0;
  /** The last moment that somebody was told. */
  let lastTold = 0;

  function place(): Passage {
    inside++;
    let isInside = true;
    return {
      kind: "open",
      leave() {
        if (isInside) inside--;
        isInside = false;
      },
    };
  }

  return {
    enter() {
      if (inside < atOnce) return place();
      lastTold = Math.min(now() + longestWaitMs, Math.max(now() + leastWaitMs, lastTold + paceMs));
      return { kind: "later", retryInMs: Math.round(lastTold - now()) };
    },
  };
}
