import type { Clock } from "../../../shared/clock.ts";

/** Sessions whose polls were served here lately: between two of them they are not connected, and no newcomers either. */
export interface Pollers {
  served(sessionId: string): void;
  has(sessionId: string): boolean;
  /** Called about once a second. */
  sweep(): void;
}

/** @param deps.forMs how long one is known after a poll of it began, in milliseconds; longer than a poll lasts */
export function createPollers(deps: { readonly forMs: number; readonly clock: Clock }): Pollers {
  const { forMs, clock } = deps;
  /** When the last poll of each began, oldest first. */
  const beganAt = new Map<string, number>();

  return {
    served(sessionId) {
      beganAt.delete(sessionId);
      beganAt.set(sessionId, clock.now());
    },
    has: (sessionId) => beganAt.has(sessionId),
    sweep() {
      for (const [sessionId, at] of beganAt) {
        // Of a clock that was set back nobody knows how long ago that was.
        if (clock.now() >= at && clock.now() - at < forMs) return;
        beganAt.delete(sessionId);
      }
    },
  };
}
