/** What the stub (`shared/snippet.ts`) collected before the loader ran, and what goes through it afterwards. */

import type { MessengerApi } from "./api.ts";

type Call = [
  name: keyof MessengerApi,
  args: readonly unknown[],
  settle: readonly [resolve: (value: unknown) => void, reject: (reason: unknown) => void],
  /** Added here to a call of `on()` that was run. */
  unsubscribe?: () => void,
];

/** A call, or the end of the subscription that a call made. */
export type Queued = Call | readonly [Call];

/** Runs everything in the order called. Methods that a page cached before still push to this queue: they run at once. */
export function takeOver(queue: Queued[], api: MessengerApi): void {
  const run = (queued: Queued): void => {
    if (queued.length === 1) {
      queued[0][3]?.();
      return;
    }
    const [name, args, [resolve, reject]] = queued;
    try {
      const result: unknown = (api[name] as (...args: readonly unknown[]) => unknown)(...args);
      if (name === "on") queued[3] = result as () => void;
      else resolve(result);
    } catch (error) {
      reject(error);
    }
  };
  queue.push = (queued) => {
    run(queued);
    return 0;
  };
  queue.splice(0).forEach(run);
}
