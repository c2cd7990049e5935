import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { agentToken, startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { type Desk, type Speaker, socketIoDesk, socketIoSpeaker, wireDesk, wireSpeaker } from "../ends.ts";
import { startFloor } from "../floors/process.ts";
import { type Figure, interleave, percentile, type Row } from "../row.ts";

const customers = 100;
const perSecond = 1000;
const seconds = 5;
/** Messages leave in small bundles, for timers are no finer. */
const tickMs = 5;
const text = "Where is my order? It was to arrive on Tuesday.";

/** From a customer's socket to an agent's, at 1,000 a second from 100 customers, whatever comes back: nobody waits for anybody. */
export const messageDeliver: Row = {
  name: "message.deliver",
  measure: async () => {
    const scratch = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    const companion = await startCompanion({
      config: acmeConfig({
        limits: {
          messagesPerSecond: 1_000_000,
          messageBurst: 1_000_000,
          sessionRequestsPerMinute: 1_000_000,
          unauthenticatedSocketsPerAddress: 1000,
          drainSpreadMs: 0,
        },
      }),
    });
    const floor = await startFloor(
      join(import.meta.dirname, "../floors/message-deliver.ts"),
      join(scratch, "floor.db"),
    );
    const peer = await startFloor(join(import.meta.dirname, "../peers/socket-io-ack.ts"));
    try {
      const tokens = await Promise.all(
        Array.from(
          { length: customers },
          async (_, index) => (await openSession(companion.url, `customer-${index}`)).sessionToken,
        ),
      );
      const url = companion.url.replace("http", "ws");
      const result = await interleave(5, {
        ours: () =>
          load(
            (shown) => wireDesk(`${url}/api/v1/agent/socket`, agentToken, shown),
            (index) => wireSpeaker(`${url}/api/v1/socket`, tokens[index] ?? ""),
          ),
        floor: () =>
          load(
            (shown) => wireDesk(`${floor.url}/agent`, "", shown),
            () => wireSpeaker(floor.url, ""),
          ),
        peer: () =>
          load(
            (shown) => socketIoDesk(peer.url, shown),
            () => socketIoSpeaker(peer.url),
          ),
      });
      return [
        figure("p50", result),
        { ...figure("p99", result), aim: { bound: 20 } },
        { ...figure("delivered", result), unit: "%", better: "more", aim: { bound: 100 } },
      ];
    } finally {
      await Promise.all([companion.stop(), floor.stop(), peer.stop()]);
      await rm(scratch, { recursive: true });
    }
  },
};

function figure(what: string, result: Record<"ours" | "floor" | "peer", Record<string, number>>): Figure {
  const { ours, floor, peer } = result;
  return {
    row: "message.deliver",
    what,
    unit: "ms",
    better: "less",
    ours: ours[what] ?? 0,
    floor: floor[what] ?? 0,
    peer: { name: "Socket.IO", value: peer[what] ?? 0 },
  };
}

async function load(
  openDesk: (shown: (id: string) => void) => Promise<Desk>,
  openSpeaker: (index: number) => Promise<Speaker>,
): Promise<Record<string, number>> {
  const sentAt = new Map<string, number>();
  const latencies: number[] = [];
  const total = perSecond * seconds;
  const { promise: all, resolve: allShown } = Promise.withResolvers<void>();
  const desk = await openDesk((id) => {
    const at = sentAt.get(id);
    if (at === undefined || !sentAt.delete(id)) return;
    if (latencies.push(performance.now() - at) === total) allShown();
  });
  const speakers = await Promise.all(Array.from({ length: customers }, (_, index) => openSpeaker(index)));
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * perSecond);
    for (; sent < due; sent++) {
      const id = randomUUID();
      sentAt.set(id, performance.now());
      speakers[sent % customers]?.say(id, text);
    }
    if (sent === total) clearInterval(timer);
  }, tickMs);
  const patience = setTimeout(allShown, (seconds + 5) * 1000);
  await all;
  clearTimeout(patience);
  clearInterval(timer);
  for (const end of [desk, ...speakers]) end.close();
  return {
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    delivered: (100 * latencies.length) / total,
  };
}
