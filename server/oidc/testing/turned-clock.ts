import type { Clock } from "../../../shared/clock.ts";

export interface TurnedClock extends Clock {
  pass(seconds: number): void;
  seconds(): number;
}

/** Stands still until it is turned. */
export function turnedClock(): TurnedClock {
  let now = Date.UTC(2026, 10, 21, 9, 30);
  return {
    now: () => now,
    pass: (seconds) => {
      now += seconds * 1000;
    },
    seconds: () => Math.floor(now / 1000),
  };
}
