import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { type Companion, startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { startFloor } from "../floors/process.ts";
import { inTurns } from "../in-turns.ts";
import { settledBytes } from "../memory/resident.ts";
import { interleave, type Row } from "../row.ts";

const sockets = 5000;
/** Open before the first look, so that nothing is counted that a program takes once: compiled code, tables, buffers. */
const early = 2000;
const atOnce = 50;
const collector = join(import.meta.dirname, "../memory/collect-on-signal.ts");

/**
 * Memory of an idle socket, each of a customer of its own: what 5,000 of them add to 2,000, after collection. A new process
 * in every round, for what one has once taken it may keep; and not the one that opened the sessions, which has room left.
 */
export const connectionIdle: Row = {
  name: "connection.idle",
  measure: async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    try {
      const tokens = await openSessions(dataDir);
      const result = await interleave(3, { ours: () => measureOurs(dataDir, tokens), floor: measureFloor });
      return [
        {
          row: "connection.idle",
          what: `each of ${sockets.toLocaleString("en")}`,
          unit: "KB",
          better: "less",
          ours: result.ours.each ?? 0,
          floor: result.floor.each ?? 0,
          aim: { ratio: 1.5 },
        },
      ];
    } finally {
      await rm(dataDir, { recursive: true });
    }
  },
};

const start = (dataDir: string): Promise<Companion> =>
  startCompanion({
    config: acmeConfig({
      limits: {
        sessionRequestsPerMinute: 1_000_000,
        unauthenticatedSocketsPerAddress: sockets,
        drainSpreadMs: 0,
      },
    }),
    dataDir,
    env: { NODE_OPTIONS: `--import=${collector}` },
  });

async function openSessions(dataDir: string): Promise<string[]> {
  const companion = await start(dataDir);
  try {
    return await inTurns(
      atOnce,
      early + sockets,
      async (index) => (await openSession(companion.url, `customer-${index}`)).sessionToken,
    );
  } finally {
    await companion.stop();
  }
}

async function measureOurs(dataDir: string, tokens: readonly string[]): Promise<{ each: number }> {
  const companion = await start(dataDir);
  try {
    const url = `${companion.url.replace("http", "ws")}/api/v1/socket`;
    return await measure(companion.process.pid ?? 0, url, tokens);
  } finally {
    await companion.stop();
  }
}

async function measureFloor(): Promise<{ each: number }> {
  const floor = await startFloor(join(import.meta.dirname, "../floors/connection-idle.ts"));
  try {
    const tokens = Array.from({ length: early + sockets }, (_, index) => `token-${index}`);
    return await measure(floor.pid, floor.url, tokens);
  } finally {
    await floor.stop();
  }
}

async function measure(pid: number, url: string, tokens: readonly string[]): Promise<{ each: number }> {
  const open = (some: readonly string[]) =>
    inTurns(atOnce, some.length, (index) => openSocket(url, some[index] ?? ""));
  const opened = await open(tokens.slice(0, early));
  const before = await settledBytes(pid);
  opened.push(...(await open(tokens.slice(early))));
  const after = await settledBytes(pid);
  for (const socket of opened) socket.terminate();
  return { each: (after - before) / sockets / 1024 };
}

function openSocket(url: string, token: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`closed ${code}`)));
    socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token, delivered: true })));
    socket.once("message", () => resolve(socket));
  });
}
