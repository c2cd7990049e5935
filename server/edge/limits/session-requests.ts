import type { RateLimiterRes } from "rate-limiter-flexible";
import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory.js";
import { ProblemError } from "../../../shared/problem-error.ts";

/** Bounds how often one address may ask one deployment for sessions: each request costs a signature and a commit. */
export interface SessionRequestLimit {
  /** @throws ProblemError `rate_limited` */
  consume(address: string, deploymentId: string): Promise<void>;
}

export function createSessionRequestLimit(perMinute: number): SessionRequestLimit {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return {
    async consume(address, deploymentId) {
      try {
        await limiter.consume(`${address} ${deploymentId}`);
      } catch (refusal) {
        if (!isRefusal(refusal)) throw refusal;
        throw new ProblemError("rate_limited", {
          detail: `More than ${perMinute} session requests in a minute from this address for ${JSON.stringify(deploymentId)}.`,
          retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)),
        });
      }
    },
  };
}

/** The library rejects with the state of the counter, which is no Error. */
const isRefusal = (refusal: unknown): refusal is RateLimiterRes =>
  typeof refusal === "object" && refusal !== null && "msBeforeNext" in refusal;
