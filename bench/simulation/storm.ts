/** Nodes die, and everybody who was connected to them comes back to the others, by the messenger's own delays. */

import { checkedAtOnce, createTurnstile } from "../../server/edge/load/turnstile.ts";
import { backoffMs } from "../../widget/messenger/transport/backoff.ts";
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
  /** How often a survivor told somebody to come back a moment later. */
  readonly told: number;
}

type Happening = { readonly kind: "comes" } | { readonly kind: "served"; leave(): void };

/**
 * All survivors are alike, so one of them is played, with its share of the clients and its own turnstile: it checks so many at a
 * time, in the order of their coming, and tells the others when to come. What a telling costs is left out: a handshake and a frame.
 */
export function playStorm({ clients, nodes, lostNodes, connectUs, busy, random }: Storm): StormOutcome {
  const share = Math.round(((clients / nodes) * lostNodes) / (nodes - lostNodes));
  const serviceMs = connectUs / 1000 / (1 - busy);
  const timeline = createTimeline<Happening>();
  const comes = { kind: "comes" } as const;
  for (let client = 0; client < share; client++) timeline.add(backoffMs(0, random()), comes);
  let now = 0;
  const turnstile = createTurnstile({ atOnce: checkedAtOnce, now: () => now });
  const returns: number[] = [];
  let freeAt = 0;
  let told = 0;
  for (let next = timeline.next(); next; next = timeline.next()) {
    now = next.at;
    if (next.event.kind === "served") {
      next.event.leave();
      returns.push(now);
      continue;
    }
    const passage = turnstile.enter();
    if (passage.kind === "later") {
      told++;
      timeline.add(now + passage.retryInMs, comes);
    } else {
      freeAt = Math.max(freeAt, now) + serviceMs;
      timeline.add(freeAt, { kind: "served", leave: passage.leave });
    }
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
    told,
  };
}
