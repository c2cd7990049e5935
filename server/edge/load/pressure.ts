/** Whether a node can take more: a pure judgement of what was measured. */

import type { Limits } from "../../../shared/limits.ts";
import type { Pressure } from "../../observability/metrics.ts";

export interface Readings {
  readonly sockets: number;
  /** The larger share of two: resident memory of what the machine or the container grants, and V8's heap of its limit. */
  readonly memoryPercent: number;
  /** By how much the event loop was late in the last second, on average. */
  readonly eventLoopDelayMs: number;
}

export type Bounds = Pick<Limits, "socketsPerNode" | "memoryPercent" | "eventLoopDelayMs">;

/** What was refused at a bound is let in again below this share of it: a node at the brink would else flap every second. */
const reliefShare = 0.95;

/** @param before what it was under until now */
export function pressureOf(readings: Readings, bounds: Bounds, before: Pressure | null): Pressure | null {
  const shares: Readonly<Record<Pressure, number>> = {
    memory: readings.memoryPercent / bounds.memoryPercent,
    sockets: readings.sockets / bounds.socketsPerNode,
    event_loop: readings.eventLoopDelayMs / bounds.eventLoopDelayMs,
  };
  const isOver = (pressure: Pressure): boolean => shares[pressure] >= (pressure === before ? reliefShare : 1);
  if (before !== null && isOver(before)) return before;
  return (Object.keys(shares) as Pressure[]).find(isOver) ?? null;
}
