import type { Clock } from "../../../shared/clock.ts";

/**
 * How often tokens with an unknown `kid`, which anybody can make, cause a fetch. Where several nodes serve a community, an
 * implementation that they share takes the place of the one below.
 */
export interface UnknownKidLimit {
  /** Whether this community, or its OpenID provider, may cause a fetch now; true counts as one. */
  take(asker: string): boolean | Promise<boolean>;
  /** Forgets what no longer limits anything. */
  sweep(): void;
}

const betweenFetchesMs = 5000;

export function createUnknownKidLimit(clock: Clock): UnknownKidLimit {
  const lastAt = new Map<string, number>();
  // A clock that was set back must not hold anybody off for longer.
  const limits = (at: number): boolean => Math.abs(clock.now() - at) < betweenFetchesMs;

  return {
    take(asker) {
      const last = lastAt.get(asker);
      if (last !== undefined && limits(last)) return false;
      lastAt.set(asker, clock.now());
      return true;
    },
    sweep() {
      for (const [asker, at] of lastAt) if (!limits(at)) lastAt.delete(asker);
    },
  };
}
