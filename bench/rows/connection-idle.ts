import { join } from "node:path";
import { WebSocket } from "ws";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { startFloor } from "../floors/process.ts";
import { inTurns } from "../in-turns.ts";
import { settledBytes } from "../memory/resident.ts";
import { interleave, type Row } from "../row.ts";

const sockets = 5000;
const atOnce = 50;
const collector = join(import.meta.dirname, "../memory/collect-on-signal.ts");

/**
 * Resident memory of an idle socket, each of a customer of its own: what 5,000 of them add, after collection. A new process in
 * every round, for what one has once taken it may keep.
 */
export const connectionIdle: Row = {
  name: "connection.idle",
  measure: async () => {
    const result = await interleave(5, { ours: measureOurs, floor: measureFloor });
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
  },
};

async function measureOurs(): Promise<{ each: number }> {
  const companion = await startCompanion({
    config: acmeConfig({
      limits: {
        sessionRequestsPerMinute: 1_000_000,
        unauthenticatedSocketsPerAddress: sockets,
        drainSpreadMs: 0,
      },
    }),
    env: { NODE_OPTIONS: `--import=${collector}` },
  });
  try {
    const tokens = await inTurns(
      atOnce,
      sockets,
      async (index) => (await openSession(companion.url, `customer-${index}`)).sessionToken,
    );
    const url = `${companion.url.replace("http", "ws")}/api/v1/socket`;
    return await measure(companion.process.pid ?? 0, url, tokens);
  } finally {
    await companion.stop();
  }
}

async function measureFloor(): Promise<{ each: number }> {
  const floor = await startFloor(join(import.meta.dirname, "../floors/connection-idle.ts"));
  try {
    return await measure(
      floor.pid,
      floor.url,
      Array.from({ length: sockets }, (_, index) => `token-${index}`),
    );
  } finally {
    await floor.stop();
  }
}

async function measure(pid: number, url: string, tokens: readonly string[]): Promise<{ each: number }> {
  const before = await settledBytes(pid);
  const opened = await inTurns(atOnce, sockets, (index) => openSocket(url, tokens[index] ?? ""));
  const after = await settledBytes(pid);
  for (const socket of opened) socket.terminate();
  return { each: (after - before) / sockets / 1024 };
}

function openSocket(url: string, token: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`closed ${code}`)));
    socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token })));
    socket.once("message", () => resolve(socket));
  });
}
