import type { Clock } from "../../../shared/clock.ts";

/**
 * A token bucket for each key: `burst` at once, `perSecond` sustained. Synchronous, exact and read from the clock handed
 * in: it stands in the path of every message, where a window counter behind a promise would cost more than the message.
 */
export interface TokenBuckets {
  /**
   * @param key an id, or the very thing that takes
   * @returns 0 where there was a token, else the milliseconds until there is one
   */
  take(key: string | object): number;
  /** Leaves no more than so many tokens, which may be less than none: others took from the same bucket. */
  lower(key: string, tokens: number): void;
  /** Forgets buckets that are full again, so that the memory is bounded by the keys in use. */
  sweep(): void;
}

interface Bucket {
  tokens: number;
  at: number;
}

export function createTokenBuckets(options: {
  readonly perSecond: number;
  readonly burst: number;
  readonly clock: Clock;
}): TokenBuckets {
  const { perSecond, burst, clock } = options;
  const buckets = new Map<string | object, Bucket>();

  function refill(bucket: Bucket, now: number): void {
    // A clock that was set back must not freeze a bucket until it catches up.
    const elapsed = Math.max(0, now - bucket.at);
    bucket.tokens = Math.min(burst, bucket.tokens + (elapsed / 1000) * perSecond);
    bucket.at = now;
  }

  function bucketOf(key: string | object, now: number): Bucket {
    const known = buckets.get(key);
    if (known) {
      refill(known, now);
      return known;
    }
    const full = { tokens: burst, at: now };
    buckets.set(key, full);
    return full;
  }

  return {
    take(key) {
      const bucket = bucketOf(key, clock.now());
      if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / perSecond) * 1000);
      bucket.tokens -= 1;
      return 0;
    },
    lower(key, tokens) {
      const bucket = bucketOf(key, clock.now());
      bucket.tokens = Math.min(bucket.tokens, tokens);
    },
    sweep() {
      const now = clock.now();
      for (const [key, bucket] of buckets) {
        refill(bucket, now);
        if (bucket.tokens >= burst) buckets.delete(key);
      }
    },
  };
}
