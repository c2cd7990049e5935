/** One at a time among the tabs of the host page's origin, as long as the browser has a means for it. */

import { limitWallTime } from "./wall-limit.ts";

export interface Turns {
  /**
   * Runs the work when it is this tab's turn, and after ten seconds of waiting out of turn: a tab that was frozen or hangs
   * must not keep another's customer signed out. The turn ends when the work has settled.
   *
   * @param signal ends the waiting, not the work: the promise rejects with its reason
   * @param work is told whether another tab was at it before
   */
  take<T>(name: string, signal: AbortSignal, work: (waited: boolean) => Promise<T>): Promise<T>;
}

export const waitLimitMs = 10_000;

/** Web Locks: given back by the browser itself when a tab closes or crashes. */
export function createLockTurns(locks: Pick<LockManager, "request">): Turns {
  return {
    async take(name, signal, work) {
      const waiting = new AbortController();
      const stopWaiting = (): void => waiting.abort();
      signal.addEventListener("abort", stopWaiting);
      const cancelLimit = limitWallTime(waitLimitMs, stopWaiting);
      let begun = false;
      const begin = async (waited: boolean) => {
        begun = true;
        return { value: await work(waited) };
      };
      try {
        signal.throwIfAborted();
        const taken =
          (await locks.request(name, { ifAvailable: true }, (lock) => lock && begin(false))) ??
          (await locks.request(name, { signal: waiting.signal }, () => begin(true)));
        return taken.value;
      } catch (error) {
        if (begun) throw error;
        signal.throwIfAborted();
        // Waited long enough; or a browser whose privacy settings refuse locks to this page.
        return await work(true);
      } finally {
        cancelLimit();
        signal.removeEventListener("abort", stopWaiting);
      }
    },
  };
}
