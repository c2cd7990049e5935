import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ProblemCode } from "../../shared/problems.ts";
import { type Bus, busHealths } from "../delivery/bus.ts";
import type { SessionMethod } from "../store/store.ts";

/** What the server counts. Labels come from closed sets: nothing that a client writes becomes a time series. */
export interface Metrics {
  sessionOpened(method: SessionMethod): void;
  sessionRefused(code: ProblemCode): void;
  /** Milliseconds of a clock that is never set. */
  now(): number;
  /** One message of a customer or agent became durable. `arrivedAt`: by `now` */
  acknowledged(author: "contact" | "agent", arrivedAt: number): void;
  messageRefused(code: ProblemCode): void;
  /** Somebody was sent away because the node is full. */
  connectionRefused(pressure: Pressure): void;
  /** The Prometheus text format. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Why a node takes nobody in. */
const pressures = ["sockets", "memory", "event_loop"] as const;
export type Pressure = (typeof pressures)[number];

export interface Load {
  /** `stream`: customers over HTTP, long polls included. */
  readonly sockets: Readonly<Record<"customer" | "agent" | "stream", number>>;
  readonly queuedBytes: number;
  /** null: it takes everybody in. */
  readonly pressure: Pressure | null;
}

/** @param deps.load what the node carries now, asked when the metrics are read */
export function createMetrics(deps: {
  readonly now: () => number;
  readonly load: () => Load;
  readonly bus: Pick<Bus, "health" | "onDoubt">;
}): Metrics {
  const { now, load, bus } = deps;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "vouch_" });
  const opened = new Counter({
    name: "vouch_sessions_opened_total",
    help: "Sessions opened, by the kind of identity.",
    labelNames: ["method"],
    registers,
  });
  const refused = new Counter({
    name: "vouch_sessions_refused_total",
    help: "Session requests refused, by code.",
    labelNames: ["code"],
    registers,
  });
  const messages = new Counter({
    name: "vouch_messages_total",
    help: "Messages acknowledged, by author.",
    labelNames: ["author"],
    registers,
  });
  const messagesRefused = new Counter({
    name: "vouch_messages_refused_total",
    help: "Messages refused, by code.",
    labelNames: ["code"],
    registers,
  });
  const latency = new Histogram({
    name: "vouch_message_ack_seconds",
    help: "From the arrival of a message until the store's commit made it durable.",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  new Gauge({
    name: "vouch_hints",
    help: "Whether nodes hear of each other: 1 for what is the case.",
    labelNames: ["health"],
    registers,
    collect() {
      for (const health of busHealths) this.set({ health }, bus.health === health ? 1 : 0);
    },
  });
  const doubts = new Counter({
    name: "vouch_hints_doubted_total",
    help: "Times that hints of other nodes may have been lost, so that the store was looked at.",
    registers,
  });
  bus.onDoubt(() => doubts.inc());
  new Gauge({
    name: "vouch_sockets",
    help: "Open WebSockets, by who is at the other end.",
    labelNames: ["kind"],
    registers,
    collect() {
      for (const [kind, count] of Object.entries(load().sockets)) this.set({ kind }, count);
    },
  });
  new Gauge({
    name: "vouch_socket_queue_bytes",
    help: "Bytes that wait to be written to all sockets.",
    registers,
    collect() {
      this.set(load().queuedBytes);
    },
  });
  new Gauge({
    name: "vouch_shedding",
    help: "1 for what makes the node send newcomers away, else 0.",
    labelNames: ["pressure"],
    registers,
    collect() {
      const { pressure } = load();
      for (const each of pressures) this.set({ pressure: each }, each === pressure ? 1 : 0);
    },
  });
  const refusedConnections = new Counter({
    name: "vouch_connections_refused_total",
    help: "Sockets and session requests sent away because the node is full.",
    labelNames: ["pressure"],
    registers,
  });
  const acknowledged = {
    contact: messages.labels("contact"),
    agent: messages.labels("agent"),
  };
  return {
    sessionOpened: (method) => opened.inc({ method }),
    sessionRefused: (code) => refused.inc({ code }),
    now,
    acknowledged(author, arrivedAt) {
      acknowledged[author].inc();
      latency.observe((now() - arrivedAt) / 1000);
    },
    connectionRefused: (pressure) => refusedConnections.inc({ pressure }),
    messageRefused: (code) => messagesRefused.inc({ code }),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
