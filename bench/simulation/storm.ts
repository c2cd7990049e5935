/** Nodes die, and everybody who was connected to them comes back to the others, by the messenger's own delays. */

import { defaultLimits } from "../../shared/limits.ts";
import { backoffMs } from "../../widget/messenger/transport/backoff.ts";
import { authenticationMs } from "../../widget/messenger/transport/connection.ts";
import { percentile } from "../row.ts";
import { createTimeline } from "./queue.ts";

export interface Storm {
  readonly clients: number;
  readonly nodes: number;
  /** Of the nodes, at least one less than there are. */
  readonly lostNodes: number;
  /** CPU time of a node for one connection, microseconds. */
  readonly connectUs: number;
  /** Share of a node's time that goes into its other work, 0 to 1. */
  readonly busy: number;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface StormOutcome {
  /** Milliseconds after the death. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lastMs: number;
  /** Clients of one survivor in its fullest second, and on the average until 99 % are back. */
  readonly peakPerSecond: number;
  readonly meanPerSecond: number;
  /** Connections that a survivor refused for being overloaded. */
  readonly refused: number;
}

interface Arrival {
  readonly attempt: number;
}

/** After a refusal with 1013 a client waits as if it had failed so often: `connection.ts`. */
const afterRefusal = 3;

/**
 * All survivors are alike, so one of them is played, with its share of the clients. It serves them in the order of their
 * coming, and refuses whom it would keep waiting longer than its event loop may be late.
 */
export function playStorm({ clients, nodes, lostNodes, connectUs, busy, random }: Storm): StormOutcome {
  const share = Math.round(((clients / nodes) * lostNodes) / (nodes - lostNodes));
  const serviceMs = connectUs / 1000 / (1 - busy);
  const arrivals = createTimeline<Arrival>();
  for (let client = 0; client < share; client++) arrivals.add(backoffMs(0, random()), { attempt: 0 });
  const returns: number[] = [];
  let freeAt = 0;
  let refused = 0;
  for (let next = arrivals.next(); next; next = arrivals.next()) {
    const { at } = next;
    const attempt = next.event.attempt + 1;
    const waitMs = Math.max(0, freeAt - at);
    if (waitMs > defaultLimits.eventLoopDelayMs) {
      refused++;
      arrivals.add(at + backoffMs(Math.max(attempt, afterRefusal), random()), { attempt });
      continue;
    }
    freeAt = Math.max(freeAt, at) + serviceMs;
    if (freeAt - at > authenticationMs) arrivals.add(at + authenticationMs, { attempt });
    else returns.push(freeAt);
  }
  const p99Ms = percentile(returns, 99);
  const seconds = new Map<number, number>();
  for (const at of returns) seconds.set(Math.floor(at / 1000), (seconds.get(Math.floor(at / 1000)) ?? 0) + 1);
  return {
    p50Ms: percentile(returns, 50),
    p99Ms,
    lastMs: Math.max(0, ...returns),
    peakPerSecond: Math.max(0, ...seconds.values()),
    meanPerSecond: (returns.length * 0.99) / Math.max(1, p99Ms / 1000),
    refused,
  };
}
