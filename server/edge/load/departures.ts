/** How everybody leaves a node that stops: one after the other, each served until it goes. */

import { closeCodes } from "../../../shared/protocol.ts";
import type { Outlet } from "../websocket/outlet.ts";
import { encodeFrame } from "../websocket/server-frames.ts";

export interface Departures {
  /** Whoever is served live; whoever comes when all leave is sent away at once. */
  join(outlet: Outlet): void;
  leave(outlet: Outlet): void;
  /** Resolves once the last one has been sent away. Idempotent. */
  start(): Promise<void>;
  /** Sends away at once whoever is still here. */
  hurry(): void;
  readonly started: boolean;
}

/** Few need no twenty seconds: the next node takes so many a second without noticing. */
export const departuresPerSecond = 50;
const tickMs = 20;
/** Within this time they come to the next node. */
const returnMs = 1000;

/**
 * The places they leave at, in milliseconds from the start: evenly spread, in the order given, so that no second sees many more
 * than another.
 *
 * @param spreadMs longest time that all may take
 */
export function departureTimes(count: number, spreadMs: number, random: () => number): number[] {
  const lastsMs = Math.min(spreadMs, (count / departuresPerSecond) * 1000);
  return Array.from({ length: count }, (_, index) => ((index + random()) / count) * lastsMs);
}

/**
 * @param deps.random in [0, 1)
 * @param deps.every calls regularly until the returned function is called
 * @param deps.now milliseconds of a clock that is never set
 */
export function createDepartures(deps: {
  readonly spreadMs: number;
  readonly random: () => number;
  readonly now: () => number;
  readonly every: (ms: number, run: () => void) => () => void;
}): Departures {
  const { spreadMs, random, now, every } = deps;
  const present = new Set<Outlet>();
  let leaving: Promise<void> | null = null;
  let hurry = (): void => {};

  function sendAway(outlet: Outlet): void {
    present.delete(outlet);
    outlet.send(encodeFrame({ t: "draining", reconnectInMs: Math.floor(random() * returnMs) }));
    outlet.close(closeCodes.restart, "unavailable");
  }

  async function sendAllAway(): Promise<void> {
    const queue = [...present];
    if (queue.length === 0) return;
    const times = departureTimes(queue.length, spreadMs, random);
    const startedAt = now();
    let next = 0;
    await new Promise<void>((resolve) => {
      const stop = every(tickMs, () => sendUntil(now() - startedAt));
      function sendUntil(passedMs: number): void {
        for (; next < queue.length && (times[next] ?? 0) <= passedMs; next++) {
          const outlet = queue[next];
          // It may have left by itself.
          if (outlet && present.has(outlet)) sendAway(outlet);
        }
        if (next < queue.length && present.size > 0) return;
        stop();
        resolve();
      }
      hurry = () => sendUntil(Number.POSITIVE_INFINITY);
    });
  }

  return {
    join(outlet) {
      if (leaving) sendAway(outlet);
      else present.add(outlet);
    },
    leave: (outlet) => void present.delete(outlet),
    start: () => (leaving ??= sendAllAway()),
    hurry: () => hurry(),
    get started() {
      return leaving !== null;
    },
  };
}
