import { ProblemError } from "../../shared/problem-error.ts";

/** Work that is bounded while it is under way, as a whole and for each who does it. Nobody waits. */
export interface UnderWay {
  /** Throws `rate_limited` where `key` is at too much already, `unavailable` where everybody together is. */
  count<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

export function createUnderWay(most: { readonly each: number; readonly all: number }): UnderWay {
  const counts = new Map<string, number>();
  let total = 0;

  function change(key: string, by: 1 | -1): void {
    const count = (counts.get(key) ?? 0) + by;
    total += by;
    if (count > 0) counts.set(key, count);
    else counts.delete(key);
  }

  return {
    async count(key, work) {
      if ((counts.get(key) ?? 0) >= most.each)
        throw new ProblemError("rate_limited", { retryAfterSeconds: 5 });
      if (total >= most.all) throw new ProblemError("unavailable", { retryAfterSeconds: 5 });
      change(key, 1);
      try {
        return await work();
      } finally {
        change(key, -1);
      }
    },
  };
}
