/**
 * `npm run stalled`: what 1,000 readers that have stopped reading cost everybody else. The same crowd is absent, reads, and is
 * stalled, in turns; all of it follows one conversation, into which an agent writes large messages all the time. Meanwhile other
 * customers send at a fixed rate, and the time to their acknowledgements is measured.
 *
 * A stalled socket's data waits in the kernel first, on loopback in megabytes for each. Run as root it measures in a network
 * namespace of its own whose buffers are those of a slow line; otherwise it says which buffers there are.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { adminToken, agentToken, type Companion, startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { type Speaker, wireDesk, wireSpeaker } from "../ends.ts";
import { interleave, percentile } from "../row.ts";
import { unhindered } from "../unhindered.ts";

const crowd = 1000;
const socketsPerSession = 20;
const others = 50;
const othersPerSecond = 200;
const seconds = 15;
const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const rounds = Number(values.rounds);
/** Into the crowd's conversation; each is 16 KB, so that a stalled reader's queue is full within the measurement. */
const largePerSecond = 3;
const large = "\u{1F4E6}".repeat(4000);
const slowLine = "4096 16384 65536";
const inNamespace = "VOUCH_BENCH_NAMESPACE";

type Attention = "absent" | "attentive" | "stalled";
type Sample = Record<"p50" | "p99" | "queuedMiB" | "residentMiB" | "left", number>;

if (process.env[inNamespace] === undefined && enterNamespace()) process.exit();
await measure();

/** @returns whether it was measured there */
function enterNamespace(): boolean {
  if (process.getuid?.() !== 0) return false;
  const script = `ip link set lo up && exec "$0" "$@"`;
  const run = spawnSync(
    "unshare",
    ["--net", "sh", "-c", script, process.execPath, ...process.argv.slice(1)],
    {
      stdio: "inherit",
      env: { ...process.env, [inNamespace]: "1" },
    },
  );
  if (run.error) return false;
  process.exitCode = run.status ?? 1;
  return true;
}

async function measure(): Promise<void> {
  if (process.env[inNamespace] !== undefined)
    for (const buffer of ["tcp_rmem", "tcp_wmem"]) writeFileSync(`/proc/sys/net/ipv4/${buffer}`, slowLine);
  const companion = await startCompanion({
    config: acmeConfig({
      limits: { ...unhindered, socketsPerContact: 2 * crowd },
    }),
  });
  try {
    const url = `${companion.url.replace("http", "ws")}/api/v1/socket`;
    const sessions = await Promise.all(
      Array.from({ length: crowd / socketsPerSession }, () => openSession(companion.url, "crowd")),
    );
    const crowdTokens = sessions.flatMap(({ sessionToken }) => Array(socketsPerSession).fill(sessionToken));
    const conversationId = sessions[0]?.conversation.id ?? "";
    const otherTokens = await Promise.all(
      Array.from(
        { length: others },
        async (_, n) => (await openSession(companion.url, `other-${n}`)).sessionToken,
      ),
    );
    const round = (attention: Attention) => (): Promise<Sample> =>
      sample(companion, url, { attention, crowdTokens, conversationId, otherTokens });
    const result = await interleave(rounds, {
      absent: round("absent"),
      attentive: round("attentive"),
      stalled: round("stalled"),
    });
    print(result as Record<Attention, Sample>);
  } catch (error) {
    console.error(companion.output());
    throw error;
  } finally {
    await companion.stop();
  }
}

async function sample(
  companion: Companion,
  url: string,
  parts: {
    readonly attention: Attention;
    readonly crowdTokens: readonly string[];
    readonly conversationId: string;
    readonly otherTokens: readonly string[];
  },
): Promise<Sample> {
  const { attention, crowdTokens, conversationId, otherTokens } = parts;
  const readers = attention === "absent" ? null : await startReaders(url, crowdTokens);
  const speakers: Speaker[] = [];
  const sentAt = new Map<string, number>();
  const latencies: number[] = [];
  for (const token of otherTokens)
    speakers.push(
      await wireSpeaker(url, token, (id) => {
        latencies.push(performance.now() - (sentAt.get(id) ?? 0));
        sentAt.delete(id);
      }),
    );
  const agentUrl = url.replace("/socket", "/agent/socket");
  const desk = await wireDesk(agentUrl, agentToken, () => {});
  if (attention === "stalled") readers?.kill("SIGUSR2");
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let [sent, written, queued, resident] = [0, 0, 0, 0];
  const look = setInterval(async () => {
    // A measurement missed is no measurement lost.
    const seen = await read(companion).catch(() => null);
    if (!seen) return;
    queued = Math.max(queued, seen.queued);
    resident = Math.max(resident, seen.resident);
  }, 500);
  for (let now = startedAt; now < until; now = performance.now()) {
    const passed = (now - startedAt) / 1000;
    for (; sent < passed * othersPerSecond; sent++) {
      const id = randomUUID();
      sentAt.set(id, performance.now());
      speakers[sent % others]?.say(id, "Where is my order?");
    }
    for (; written < passed * largePerSecond; written++) desk.write(conversationId, randomUUID(), large);
    await wait(2);
  }
  await wait(500);
  clearInterval(look);
  const { sockets } = await read(companion);
  const left = readers ? crowd - (sockets - others) : 0;
  for (const end of [desk, ...speakers]) end.close();
  readers?.kill("SIGKILL");
  await wait(1000);
  process.stderr.write(`${attention}: ${latencies.length} acknowledged\n`);
  return {
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    queuedMiB: queued / 2 ** 20,
    residentMiB: resident / 2 ** 20,
    left,
  };
}

async function startReaders(url: string, tokens: readonly string[]): Promise<ChildProcess> {
  const program = join(import.meta.dirname, "readers.ts");
  const readers = spawn(process.execPath, [program, url], { stdio: ["pipe", "pipe", "inherit"] });
  readers.stdin.end(tokens.join("\n"));
  await once(createInterface({ input: readers.stdout }), "line");
  return readers;
}

async function read(companion: Companion): Promise<{ queued: number; resident: number; sockets: number }> {
  const response = await fetch(`${companion.url}/metrics`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const text = await response.text();
  const value = (name: string): number =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.split(" ")[1],
    );
  return {
    queued: value("vouch_socket_queue_bytes"),
    resident: value("vouch_process_resident_memory_bytes"),
    sockets: value('vouch_sockets{kind="customer"}'),
  };
}

function print(result: Record<Attention, Sample>): void {
  console.log(`Kernel buffers: ${readFileSync("/proc/sys/net/ipv4/tcp_wmem", "utf8").trim()} to send`);
  for (const [attention, { p50, p99, queuedMiB, residentMiB, left }] of Object.entries(result))
    console.log(
      `${attention.padEnd(10)} others' p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; at most ${queuedMiB.toFixed(1)} MiB queued, ${residentMiB.toFixed(0)} MiB resident; ${left} of the crowd were sent away`,
    );
  const change = 100 * (result.stalled.p99 / result.attentive.p99 - 1);
  console.log(`Stalled instead of reading changes others' p99 by ${change.toFixed(1)} %.`);
}
