import { ProblemError } from "../../shared/problem-error.ts";

/** Work of which only so much may be done at once. */
export interface Turns {
  /** Throws `unavailable` where too many wait already. */
  take<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createTurns(options: { readonly atOnce: number; readonly waiting: number }): Turns {
  const { atOnce, waiting } = options;
  const queue: (() => void)[] = [];
  let busy = 0;

  return {
    async take(work) {
      if (busy < atOnce) busy += 1;
      else if (queue.length >= waiting) throw new ProblemError("unavailable", { retryAfterSeconds: 5 });
      // Who leaves hands the place on.
      else await new Promise<void>((resolve) => queue.push(resolve));
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next) next();
        else busy -= 1;
      }
    },
  };
}
