/** One round: a world, a crowd, one or two faults; then quiet, an audit, and the judgement. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { audit } from "./audit.ts";
import type { Counts } from "./clients/outbox.ts";
import { type Crowd, gatherCrowd } from "./crowd.ts";
import { between, type Fault, pause } from "./faults/fault.ts";
import { check } from "./history/check.ts";
import type { Violation } from "./history/observation.ts";
import { randomOf } from "./plan.ts";
import type { Shared } from "./world/shared.ts";
import { createWorld, type World } from "./world/world.ts";

export interface RoundOptions {
  /** Draws everything in it. */
  readonly seed: string;
  readonly faults: readonly Fault[];
  readonly seconds: number;
  readonly conversations: number;
  readonly nodes: number;
  readonly shared: Shared | null;
  /** Made by the round, and removed unless something was wrong. */
  readonly directory: string;
  /** The longest that a process is frozen. */
  readonly freezeMs: number;
  /** Another program than the server: a mutant. */
  readonly main?: string;
  /** Beside what every node is told. */
  readonly env?: Readonly<Record<string, string>>;
  /** For everybody to have everything once nothing is broken any more. */
  readonly patienceMs?: number;
}

export interface RoundReport extends Counts {
  readonly seed: string;
  readonly faults: readonly string[];
  readonly kills: number;
  /** By fault. */
  readonly strikes: Readonly<Record<string, number>>;
  readonly stored: number;
  /** While messages were sent; without start, quiet and audit. */
  readonly acknowledgedPerSecond: number;
  /** From the last fault until everybody had everything. */
  readonly settledMs: number;
  readonly violations: readonly string[];
  readonly rules: Readonly<Record<string, number>>;
  /** What is wrong beside the messages: nodes that ended by themselves, clients sent away, no quiet in the end. */
  readonly incidents: readonly string[];
}

const usualPatienceMs = 60_000;
/** After this long an agent looks for itself at what live events did not bring. */
const agentsWaitMs = 4000;

export async function playRound(options: RoundOptions): Promise<RoundReport> {
  const { seed, faults, directory } = options;
  const random = randomOf(seed, "world");
  const wants = (need: keyof Fault["needs"]) => faults.some(({ needs }) => needs[need]);
  const counts: Counts = { sent: 0, resent: 0, acknowledged: 0, delivered: 0, reconnects: 0 };
  const incidents: string[] = [];
  const world = await createWorld({
    directory,
    nodes: options.nodes,
    shared: options.shared,
    proxied: wants("proxies"),
    clocks: wants("clocks"),
    disks: wants("fileSizeLimit") || wants("smallDisk") ? "failing" : "sound",
    smallDisks: wants("smallDisk"),
    random,
    env: options.env ?? {},
    ...(options.main !== undefined && { main: options.main }),
  });
  let crowd: Crowd | null = null;
  try {
    await world.standing();
    crowd = await gatherCrowd({
      seed,
      urls: world.posts.map(({ url }) => url),
      conversations: options.conversations,
      agents: options.nodes,
      postage: wants("doubledFrames") ? "twice" : "once",
      counts,
      expelled: (reason) => incidents.push(reason),
    });
    const began = performance.now();
    const blows = await strikeFor(world, options);
    const workedSeconds = (performance.now() - began) / 1000;
    const acknowledgedPerSecond = Math.round(counts.acknowledged / workedSeconds);
    const { settledMs, unsettled } = await becomeQuiet(world, crowd, options.patienceMs ?? usualPatienceMs);
    incidents.push(...unsettled);
    // Whoever goes on sending while nodes are read, one after the other, would have the later ones know of more.
    if (unsettled.length > 0) await fallSilent(crowd);
    await audit(
      world.posts.map(({ node }) => ({ name: node.name, url: `http://127.0.0.1:${node.port}` })),
      crowd.talks,
    );
    const judged = crowd.talks.map(({ log }) => ({ log, violations: check(log.history) }));
    for (const { log, violations } of judged.filter((one) => one.violations.length > 0))
      await keepHistory(directory, log.place.conversation, log.history, violations);
    for (const participant of crowd.participants) participant.stop();
    incidents.push(...(await world.stop()));
    const violations = judged.flatMap(({ log, violations: found }) =>
      found.map((violation) => ({ ...violation, conversation: log.place.conversation })),
    );
    if (violations.length + incidents.length === 0) await rm(directory, { recursive: true, force: true });
    return {
      seed,
      faults: faults.map(({ name }) => name),
      ...counts,
      ...blows,
      stored: judged.reduce((sum, { log }) => sum + log.lastAcknowledged, 0),
      acknowledgedPerSecond,
      settledMs,
      violations: violations.map(
        ({ rule, detail, conversation }) => `${rule}, conversation ${conversation}: ${detail}`,
      ),
      rules: countBy(violations.map(({ rule }) => rule)),
      incidents,
    };
  } catch (error) {
    for (const participant of crowd?.participants ?? []) participant.stop();
    throw new Error([`Round ${seed} broke off.`, ...incidents, ...(await world.stop())].join("\n"), {
      cause: error,
    });
  }
}

/** Each fault strikes by its own beat until the time is over; when this settles nothing is broken any more. */
async function strikeFor(
  world: World,
  { seed, faults, seconds, freezeMs }: RoundOptions,
): Promise<Pick<RoundReport, "kills" | "strikes">> {
  const until = performance.now() + seconds * 1000;
  let kills = 0;
  const strikes: Record<string, number> = {};
  const scene = {
    world,
    freezeMs,
    killed: () => {
      kills++;
    },
  };
  const beats = faults.map(async (fault) => {
    const random = randomOf(seed, "fault", fault.name);
    for (;;) {
      const wait = between(random, ...fault.pauseMs);
      if (performance.now() + wait > until) return;
      await pause(wait);
      strikes[fault.name] = (strikes[fault.name] ?? 0) + 1;
      await fault.strike({ ...scene, random });
    }
  });
  await Promise.all([...beats, pause(seconds * 1000)]);
  return { kills, strikes };
}

async function becomeQuiet(
  world: World,
  { participants, agents }: Crowd,
  patienceMs: number,
): Promise<{ readonly settledMs: number; readonly unsettled: readonly string[] }> {
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  await world.standing();
  for (const participant of participants) participant.finish();
  const settled = () => participants.every((participant) => participant.settled);
  while (!settled() && elapsed() < patienceMs) {
    await pause(20);
    if (elapsed() > agentsWaitMs) for (const agent of agents) agent.lookAround();
  }
  const late = participants.filter((participant) => !participant.settled).map(({ name }) => name);
  return {
    settledMs: Math.round(elapsed()),
    unsettled: late.map((name) => `${name} had not everything ${patienceMs / 1000} s after the last fault`),
  };
}

/** What is under way may be stored still. */
const lastWordsMs = 5000;

async function fallSilent({ participants }: Crowd): Promise<void> {
  for (const participant of participants) participant.stop();
  await pause(lastWordsMs);
}

/** One line for each observation, after those that say what is wrong. */
async function keepHistory(
  directory: string,
  conversation: number,
  history: readonly object[],
  violations: readonly Violation[],
): Promise<void> {
  const lines = [...violations, ...history].map((line) => JSON.stringify(line));
  await writeFile(join(directory, `conversation-${conversation}.jsonl`), `${lines.join("\n")}\n`);
}

function countBy(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}
