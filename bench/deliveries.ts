/** Deliveries at a steady rate, whatever comes back: nobody waits for anybody. */

import { randomUUID } from "node:crypto";
import type { Desk, Speaker } from "./ends.ts";
import { type Figure, percentile } from "./row.ts";

/** Messages leave in small bundles, for timers are no finer. */
const tickMs = 5;
const text = "Where is my order? It was to arrive on Tuesday.";

export interface DeliveryLoad {
  readonly customers: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** @returns milliseconds from the customer's socket to the agent's, `p50` and `p99`; and how much arrived, `delivered`, in percent */
export async function loadDeliveries(
  { customers, perSecond, seconds }: DeliveryLoad,
  openDesk: (shown: (id: string) => void) => Promise<Desk>,
  openSpeaker: (index: number) => Promise<Speaker>,
): Promise<Record<string, number>> {
  const sentAt = new Map<string, number>();
  const latencies: number[] = [];
  const total = perSecond * seconds;
  const { promise: all, resolve: allShown } = Promise.withResolvers<void>();
  const desk = await openDesk((id) => {
    const at = sentAt.get(id);
    if (at === undefined || !sentAt.delete(id)) return;
    if (latencies.push(performance.now() - at) === total) allShown();
  });
  const speakers = await Promise.all(Array.from({ length: customers }, (_, index) => openSpeaker(index)));
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * perSecond);
    for (; sent < due; sent++) {
      const id = randomUUID();
      sentAt.set(id, performance.now());
      speakers[sent % customers]?.say(id, text);
    }
    if (sent === total) clearInterval(timer);
  }, tickMs);
  const patience = setTimeout(allShown, (seconds + 5) * 1000);
  await all;
  clearTimeout(patience);
  clearInterval(timer);
  for (const end of [desk, ...speakers]) end.close();
  return {
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    delivered: (100 * latencies.length) / total,
  };
}

/** @param p99Ms aimed at */
export function deliveryFigures(
  row: string,
  peerName: string,
  p99Ms: number,
  { ours, floor, peer }: Record<"ours" | "floor" | "peer", Record<string, number>>,
): Figure[] {
  const figure = (what: string): Figure => ({
    row,
    what,
    unit: "ms",
    better: "less",
    ours: ours[what] ?? 0,
    floor: floor[what] ?? 0,
    peer: { name: peerName, value: peer[what] ?? 0 },
  });
  return [
    figure("p50"),
    { ...figure("p99"), aim: { bound: p99Ms } },
    { ...figure("delivered"), unit: "%", better: "more", aim: { bound: 100 } },
  ];
}
