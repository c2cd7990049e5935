import { randomUUID } from "node:crypto";
import type { SharedScripts } from "./shared-scripts.ts";

/** Work that two nodes must not do at once. */
export interface SharedLocks {
  /**
   * Does the work unless another node is at it. Where Redis does not say, it is done: a lock that nobody can take would stop
   * what a lost Redis must not stop.
   *
   * @param forMs the lock ends by itself after that: a node may die at its work
   * @returns null: another node is at it
   */
  alone<Result>(name: string, forMs: number, work: () => Promise<Result>): Promise<{ result: Result } | null>;
}

const take = "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0";
const give = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0";

/** A Redis that hesitates for longer is one that does not say. */
const patienceMs = 200;

export const createSharedLocks = ({ run }: SharedScripts): SharedLocks => ({
  async alone(name, forMs, work) {
    const group = `lock:${name}`;
    const owner = randomUUID();
    const taken = await answer(run(take, group, ["owner"], [owner, forMs]));
    if (taken === 0) return null;
    try {
      return { result: await work() };
    } finally {
      void answer(run(give, group, ["owner"], [owner]));
    }
  },
});

/** @returns null where there is none in time */
export async function answer(asked: Promise<unknown> | null): Promise<unknown> {
  if (!asked) return null;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, patienceMs, null);
  });
  try {
    return await Promise.race([asked, tooLate]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
