import type { Log } from "../../observability/log.ts";
import type { Pressure } from "../../observability/metrics.ts";
import { type Bounds, pressureOf, type Readings } from "./pressure.ts";

/** What a node that is full tells newcomers; whoever is connected stays. */
export interface Turned {
  readonly pressure: Pressure;
  /** In 5 to 20 seconds, each somebody else's: who was refused together must not come back together. */
  readonly retryInMs: number;
}

export interface Shedding {
  /** Asked for every newcomer. null: come in. */
  turns(): Turned | null;
  /** What it is under now, for metrics. */
  readonly pressure: Pressure | null;
  /** Called about once a second. */
  sweep(): void;
}

const retryFromMs = 5000;
const retrySpreadMs = 15_000;

/** @param deps.random in [0, 1) */
export function createShedding(deps: {
  readonly bounds: Bounds;
  readonly sockets: () => number;
  readonly read: () => Omit<Readings, "sockets">;
  readonly random: () => number;
  readonly log: Log;
}): Shedding {
  const { bounds, sockets, read, random, log } = deps;
  let pressure: Pressure | null = null;

  function become(next: Pressure | null, readings: Readings): void {
    if (next === pressure) return;
    // Once each way, whoever many are refused meanwhile.
    if (next === null) log.info({ event: "shedding_ended", ...rounded(readings) });
    else log.warn({ event: "shedding_began", pressure: next, ...rounded(readings) });
    pressure = next;
  }

  return {
    turns() {
      // Of sockets there can be too many long before the next sweep.
      const now = pressure ?? (sockets() >= bounds.socketsPerNode ? "sockets" : null);
      return now && { pressure: now, retryInMs: Math.floor(retryFromMs + random() * retrySpreadMs) };
    },
    get pressure() {
      return pressure;
    },
    sweep() {
      const readings = { sockets: sockets(), ...read() };
      become(pressureOf(readings, bounds, pressure), readings);
    },
  };
}

const rounded = ({ sockets, memoryPercent, eventLoopDelayMs }: Readings): Readings => ({
  sockets,
  memoryPercent: Math.round(memoryPercent),
  eventLoopDelayMs: Math.round(eventLoopDelayMs),
});
