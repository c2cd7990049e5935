import type { RateLimiterRes } from "rate-limiter-flexible";
import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory.js";
import { ProblemError } from "../../../shared/problem-error.ts";
import { answer } from "../../redis/shared-locks.ts";
import { nothingShared, type SharedScripts } from "../../redis/shared-scripts.ts";

/** Bounds how often one address may ask one deployment for sessions: each request costs a signature and a commit. */
export interface SessionRequestLimit {
  /** @throws ProblemError `rate_limited` */
  consume(address: string, deploymentId: string): Promise<void>;
}

const windowSeconds = 60;

/** Counts up from the first request of a window; answers the count, and when the window ends. */
const count = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

/**
 * Counted here, and by all nodes together: a request waits for Redis, which is nothing beside its signature and its commit.
 * Where Redis does not answer, each node goes by its own count.
 */
export function createSessionRequestLimit(
  perMinute: number,
  { run }: SharedScripts = nothingShared,
): SessionRequestLimit {
  const own = new RateLimiterMemory({ points: perMinute, duration: windowSeconds });

  /** @returns milliseconds until there may be another one; 0: now */
  async function waitHere(key: string): Promise<number> {
    try {
      await own.consume(key);
      return 0;
    } catch (refusal) {
      if (!isRefusal(refusal)) throw refusal;
      return Math.max(1, refusal.msBeforeNext);
    }
  }

  async function waitEverywhere(key: string): Promise<number> {
    const counted = await answer(run(count, `sessions:${key}`, ["count"], [windowSeconds * 1000]));
    if (!Array.isArray(counted) || !(Number(counted[0]) > perMinute)) return 0;
    return Math.max(1, Number(counted[1]));
  }

  return {
    async consume(address, deploymentId) {
      const key = `${address} ${deploymentId}`;
      const waitMs = (await waitHere(key)) || (await waitEverywhere(key));
      if (waitMs > 0)
        throw new ProblemError("rate_limited", {
          detail: `More than ${perMinute} session requests in a minute from this address for ${JSON.stringify(deploymentId)}.`,
          retryAfterSeconds: Math.ceil(waitMs / 1000),
        });
    },
  };
}

/** The library rejects with the state of the counter, which is no Error. */
const isRefusal = (refusal: unknown): refusal is RateLimiterRes =>
  typeof refusal === "object" && refusal !== null && "msBeforeNext" in refusal;
