/** Messages on their way through one node of many, from the sender's socket to the readers' sockets at another. */

import { defaultLimits } from "../../shared/limits.ts";
import { percentile } from "../row.ts";
import type { Measured } from "./parameters.ts";
import { createTimeline } from "./queue.ts";

export interface FanOut {
  readonly measured: Measured;
  readonly customers: number;
  readonly nodes: number;
  /** Of all customers together. */
  readonly messagesPerSecond: number;
  /** Sockets that are shown each message: the other devices, and the agents who follow the conversation. */
  readonly readersPerMessage: number;
  readonly seconds: number;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface FanOutOutcome {
  /** Milliseconds from the sender's node to the reader's socket. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of its core that a node works, 0 to 1; at 1 it never catches up. */
  readonly nodeLoad: number;
  readonly memoryGigabytes: number;
  /** Cores that PostgreSQL and Redis work with, all servers together. */
  readonly databaseCores: number;
  readonly redisCores: number;
}

type Work = "ack" | "deliver" | "ping";

/** Through Redis and the network of one data centre, milliseconds. */
const hopMs = 0.5;
/** A normal distribution has 99 % below so many standard deviations above its mean. */
const deviationsAt99 = 2.326;

/**
 * Nodes are alike, so one is played, as sender and as reader: work comes at random times and is done in the order of its
 * coming. A message waits in two of these queues and for one commit.
 */
export function playFanOut(options: FanOut): FanOutOutcome {
  const { measured, customers, nodes, messagesPerSecond, readersPerMessage, seconds, random } = options;
  const perNode = { customers: customers / nodes, messages: messagesPerSecond / nodes };
  const work: Record<Work, { readonly perSecond: number; readonly ms: number }> = {
    ack: { perSecond: perNode.messages, ms: measured.node.ackUs / 1000 },
    deliver: { perSecond: perNode.messages * readersPerMessage, ms: measured.node.deliverUs / 1000 },
    ping: {
      perSecond: perNode.customers / (defaultLimits.heartbeatMs / 1000),
      ms: measured.node.pingUs / 1000,
    },
  };
  const timeline = createTimeline<Work>();
  const untilNext = (kind: Work): number => (-Math.log(1 - random()) * 1000) / work[kind].perSecond;
  for (const kind of Object.keys(work) as Work[])
    if (work[kind].perSecond > 0) timeline.add(untilNext(kind), kind);
  const waits: Record<Work, number[]> = { ack: [], deliver: [], ping: [] };
  let freeAt = 0;
  let busyMs = 0;
  for (let next = timeline.next(); next && next.at < seconds * 1000; next = timeline.next()) {
    const { at, event } = next;
    timeline.add(at + untilNext(event), event);
    freeAt = Math.max(freeAt, at) + work[event].ms;
    busyMs += work[event].ms;
    waits[event].push(freeAt - at);
  }
  const commit = logNormal(measured.commitMs, random);
  const pick = (from: readonly number[]): number => from[Math.floor(random() * from.length)] ?? 0;
  const latencies = waits.deliver.map((wait) => pick(waits.ack) + commit() + hopMs + wait);
  return {
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    nodeLoad: busyMs / (seconds * 1000),
    databaseCores: messagesPerSecond * measured.database.messageUs * 1e-6,
    redisCores: messagesPerSecond * measured.redis.messageUs * 1e-6,
    memoryGigabytes: (perNode.customers * measured.socketKilobytes) / 1024 / 1024,
  };
}

/** Draws from the log-normal distribution that has these percentiles. */
function logNormal({ p50, p99 }: Measured["commitMs"], random: () => number): () => number {
  const sigma = Math.log(p99 / p50) / deviationsAt99;
  return () => {
    // Box and Muller.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return p50 * Math.exp(sigma * normal);
  };
}
