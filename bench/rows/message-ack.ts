import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { startFloor } from "../floors/process.ts";
import { interleave, percentile, type Row } from "../row.ts";

const sockets = 64;
/** Messages that each socket has under way: enough to keep the server busy, few enough that latency means something. */
const window = 8;
const seconds = 3;
const text =
  "Where is my order? It was to arrive on Tuesday, and the tracking page still says “label printed”.";

/** Durable acknowledgements through the WebSocket: 64 customers, each in a conversation of its own. */
export const messageAck: Row = {
  name: "message.ack",
  measure: async () => {
    const scratch = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    const floor = await startFloor(
      join(import.meta.dirname, "../floors/message-ack.ts"),
      join(scratch, "floor.db"),
    );
    const companion = await startCompanion({
      config: acmeConfig({
        limits: {
          messagesPerSecond: 1_000_000,
          messageBurst: 1_000_000,
          sessionRequestsPerMinute: 1_000_000,
          unauthenticatedSocketsPerAddress: 1000,
        },
      }),
    });
    try {
      const sessions = await Promise.all(
        Array.from({ length: sockets }, (_, index) => openSession(companion.url, `customer-${index}`)),
      );
      const tokens = sessions.map(({ sessionToken }) => sessionToken);
      const socketUrl = `${companion.url.replace("http", "ws")}/api/v1/socket`;
      const result = await interleave(5, {
        ours: () => load(socketUrl, tokens),
        floor: () => load(floor.url, tokens),
      });
      return [
        {
          row: "message.ack",
          what: "acknowledged",
          unit: "/s",
          better: "more",
          ours: result.ours.rate ?? 0,
          floor: result.floor.rate ?? 0,
          aim: { ratio: 0.8 },
        },
        {
          row: "message.ack",
          what: "p50",
          unit: "ms",
          better: "less",
          ours: result.ours.p50 ?? 0,
          floor: result.floor.p50 ?? 0,
        },
        {
          row: "message.ack",
          what: "p99",
          unit: "ms",
          better: "less",
          ours: result.ours.p99 ?? 0,
          floor: result.floor.p99 ?? 0,
        },
      ];
    } finally {
      await floor.stop();
      await companion.stop();
      await rm(scratch, { recursive: true });
    }
  },
};

async function load(url: string, tokens: readonly string[]): Promise<Record<string, number>> {
  const latencies: number[] = [];
  const until = performance.now() + seconds * 1000;
  await Promise.all(tokens.map((token) => sendFor(url, token, until, latencies)));
  return { rate: latencies.length / seconds, p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
}

/** One customer that keeps `window` messages under way until the time is over; counts what was acknowledged by then. */
function sendFor(url: string, token: string, until: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const sentAt = new Map<string, number>();
    const send = (): void => {
      const id = randomUUID();
      sentAt.set(id, performance.now());
      socket.send(`{"t":"send","id":"${id}","text":${JSON.stringify(text)}}`);
    };
    socket.on("error", reject);
    socket.on("close", () => resolve());
    socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token })));
    socket.on("message", (data: Buffer) => {
      const head = data.toString("latin1", 0, 14);
      if (head.startsWith('{"t":"ready"')) {
        for (let count = 0; count < window; count++) send();
      } else if (head.startsWith('{"t":"ack"')) {
        const frame = JSON.parse(String(data)) as { id: string };
        const now = performance.now();
        if (now > until) return socket.close();
        latencies.push(now - (sentAt.get(frame.id) ?? now));
        sentAt.delete(frame.id);
        send();
      } else if (head.startsWith('{"t":"refused"')) {
        reject(new Error(String(data)));
      }
    });
  });
}
