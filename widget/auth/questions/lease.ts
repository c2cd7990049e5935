/**
 * Turns where there are no Web Locks: a page on plain http. A lease in the page's storage says only that a tab is at it and
 * until when: storage is readable for every script of the site, so no token is ever kept there. Two tabs that write at the
 * same moment both read again after a random pause, and the one whose entry was overwritten waits; should both go ahead
 * all the same, each asks its own page, which is what would happen without any of this.
 */

import { type Turns, waitLimitMs } from "./turns.ts";
import { limitWallTime } from "./wall-limit.ts";

/** Longer than the work can take. A tab that died holds the others up no longer than this. */
const leaseMs = 12_000;

/** @param storage of the host page's origin; may throw where the browser refuses it */
export function createLeaseTurns(
  storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem">,
  random: () => number,
): Turns {
  return {
    async take(name, signal, work) {
      const mine = `${random()}`;
      try {
        const waited = await turn(name, mine, signal);
        signal.throwIfAborted();
        return await work(waited);
      } finally {
        giveBack(name, mine);
      }
    },
  };

  /** Settles when it is this tab's turn, with whether it had to wait, or when waiting is over. */
  async function turn(name: string, mine: string, signal: AbortSignal): Promise<boolean> {
    let over = false;
    let waited = false;
    const cancelLimit = limitWallTime(waitLimitMs, () => {
      over = true;
    });
    try {
      while (!over && !signal.aborted) {
        if (isFree(storage().getItem(name))) {
          storage().setItem(name, `${mine} ${Date.now() + leaseMs}`);
          await pause(20 + 50 * random());
          if (ownerOf(storage().getItem(name)) === mine) break;
        }
        waited = true;
        await pause(100 + 100 * random());
      }
    } catch {
      // No storage: no turns either.
    }
    cancelLimit();
    return waited;
  }

  function giveBack(name: string, mine: string): void {
    try {
      if (ownerOf(storage().getItem(name)) === mine) storage().removeItem(name);
    } catch {
      // It was not taken either.
    }
  }
}

const ownerOf = (lease: string | null): string | undefined => lease?.split(" ")[0];

/** One that lasts longer than a lease can is of a clock that was set back since. */
function isFree(lease: string | null): boolean {
  const leftMs = Number(lease?.split(" ")[1]) - Date.now();
  return !(leftMs > 0 && leftMs <= leaseMs);
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));
