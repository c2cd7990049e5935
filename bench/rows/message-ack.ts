import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { startFloor } from "../floors/process.ts";
import { type Figure, interleave, percentile, type Row } from "../row.ts";
import { unhindered } from "../unhindered.ts";
import { ourWire, socketIoWire, type Wire } from "../wires.ts";

const sockets = 64;
/** Messages that each socket has under way: enough to keep the server busy, few enough that latency means something. */
const window = 8;
const seconds = 3;
const text =
  "Where is my order? It was to arrive on Tuesday, and the tracking page still says “label printed”.";

/**
 * Durable acknowledgements through the WebSocket: 64 customers, each in a conversation of its own. The floor does the same work
 * (decision 31): as durable, it stores a repeated id once and shows the sender what was stored. A lesser one, as durable, does
 * neither: beside it stand the latencies, and what the two promises cost. The peer stores nothing.
 */
export const messageAck: Row = {
  name: "message.ack",
  measure: async () => {
    const scratch = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    const floorPath = join(import.meta.dirname, "../floors/message-ack.ts");
    const floor = await startFloor(floorPath, join(scratch, "floor.db"));
    const promising = await startFloor(floorPath, join(scratch, "promising.db"), "promising");
    const peer = await startFloor(join(import.meta.dirname, "../peers/socket-io-ack.ts"));
    const companion = await startCompanion({
      config: acmeConfig({
        limits: unhindered,
      }),
    });
    try {
      const sessions = await Promise.all(
        Array.from({ length: sockets }, (_, index) => openSession(companion.url, `customer-${index}`)),
      );
      const tokens = sessions.map(({ sessionToken }) => sessionToken);
      const socketUrl = `${companion.url.replace("http", "ws")}/api/v1/socket`;
      const result = await interleave(5, {
        ours: () => load(socketUrl, tokens.map(ourWire)),
        floor: () => load(floor.url, tokens.map(ourWire)),
        promising: () => load(promising.url, tokens.map(ourWire)),
        peer: () => load(peer.url, tokens.map(socketIoWire)),
      });
      const { ours, floor: least, peer: stored } = result;
      const figure = (what: string, unit: string, better: Figure["better"], name: string): Figure => ({
        row: "message.ack",
        what,
        unit,
        better,
        ours: ours[name] ?? 0,
        floor: least[name] ?? 0,
        peer: { name: "Socket.IO", value: stored[name] ?? 0 },
      });
      return [
        {
          ...figure("acknowledged", "/s", "more", "rate"),
          floor: result.promising.rate ?? 0,
          aim: { ratio: 0.8 },
        },
        figure("beside one that keeps no ids", "/s", "more", "rate"),
        {
          row: "message.ack",
          what: "÷ Socket.IO, which stores nothing",
          unit: "×",
          better: "more",
          ours: (ours.rate ?? 0) / (stored.rate ?? Number.NaN),
          aim: { bound: 0.5 },
        },
        figure("p50", "ms", "less", "p50"),
        figure("p99", "ms", "less", "p99"),
      ];
    } finally {
      await Promise.all([floor.stop(), promising.stop(), peer.stop(), companion.stop()]);
      await rm(scratch, { recursive: true });
    }
  },
};

async function load(url: string, wires: readonly Wire[]): Promise<Record<string, number>> {
  const latencies: number[] = [];
  const until = performance.now() + seconds * 1000;
  await Promise.all(wires.map((wire) => sendFor(url, wire, until, latencies)));
  return { rate: latencies.length / seconds, p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
}

/** One customer that keeps `window` messages under way until the time is over; counts what was acknowledged by then. */
function sendFor(url: string, wire: Wire, until: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const sentAt = new Map<string, number>();
    const send = (): void => {
      const { key, frame } = wire.say(text);
      sentAt.set(key, performance.now());
      socket.send(frame);
    };
    const acknowledged = (key: string): void => {
      const now = performance.now();
      if (now > until) socket.close();
      else {
        latencies.push(now - (sentAt.get(key) ?? now));
        sentAt.delete(key);
        send();
      }
    };
    socket.on("error", reject);
    socket.on("close", () => resolve());
    socket.on("open", () => wire.opening !== null && socket.send(wire.opening));
    socket.on("message", (data: Buffer) => {
      try {
        const heard = wire.hear(data);
        if (heard.kind === "acknowledged") acknowledged(heard.key);
        else if (heard.kind === "reply") socket.send(heard.frame);
        else if (heard.kind === "ready") for (let count = 0; count < window; count++) send();
      } catch (error) {
        reject(error);
      }
    });
  });
}
