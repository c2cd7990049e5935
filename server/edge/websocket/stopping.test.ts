import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { ifLate } from "../../../.ci/if-late.ts";
import { openSqliteStore } from "../../store/sqlite/open.ts";
import type { Store } from "../../store/store.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import type { TestSocket } from "../testing/test-socket.ts";

const running = new Set<TestServer>();
afterEach(async () => {
  await Promise.all([...running].map((server) => server.close()));
  running.clear();
});

async function start(options: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  running.add(server);
  return server;
}

/** They leave at fifty a second: so many that the last ones are there for seconds. Twenty share a session. */
async function crowded(server: TestServer): Promise<TestSocket[]> {
  const sockets = [];
  let sessionToken = "";
  for (let n = 0; n < 150; n++) {
    if (n % 20 === 0) ({ sessionToken } = await server.visit());
    sockets.push(await server.live(sessionToken));
  }
  return sockets;
}

test("a node that stops serves each socket until its turn has come, and says how soon to come back", async () => {
  const server = await start();
  const sockets = await crowded(server);
  const leftAt = sockets.map((socket) => socket.closed.then((code) => ({ code, at: performance.now() })));
  const [last] = sockets.slice(-1);
  const stopping = server.close();
  // The first goes within 20 ms; the last is served meanwhile.
  await sockets[0]?.next("draining");
  last?.send({ t: "send", id: randomUUID(), text: "still served" });
  await last?.next("ack");
  expect((await server.fetch("/readyz")).status).toBe(503);
  const reconnectInMs = (await last?.next("draining"))?.reconnectInMs;
  expect(reconnectInMs).toBeGreaterThanOrEqual(0);
  expect(reconnectInMs).toBeLessThan(1000);
  const left = await Promise.all(leftAt);
  expect(new Set(left.map(({ code }) => code))).toEqual(new Set([1012]));
  expect(Math.max(...left.map(({ at }) => at)) - Math.min(...left.map(({ at }) => at))).toBeGreaterThan(100);
  await stopping;
});

test("hurried, it sends everybody away at once", async () => {
  const server = await start();
  const { sessionToken } = await server.visit();
  const sockets = await Promise.all(Array.from({ length: 15 }, () => server.live(sessionToken)));
  const stopping = server.close();
  server.hurry();
  for (const socket of sockets) expect(await socket.closed).toBe(1012);
  await stopping;
});

// A busy machine may be late once.
test("with nobody connected it stops at once", { retry: ifLate }, async () => {
  const server = await start();
  const startedAt = performance.now();
  await server.close();
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test("whoever connects while it stops is sent on to the next node", async () => {
  const server = await start();
  await crowded(server);
  const stopping = server.close();
  const late = server.socket();
  expect((await late.next("draining")).reconnectInMs).toBe(0);
  expect(await late.closed).toBe(1012);
  server.hurry();
  await stopping;
});

test("a rolling restart loses and doubles nothing: what was not acknowledged is sent again, under its id", async () => {
  const store = await openSqliteStore(":memory:");
  /** Every node closes its own; this one outlives them. */
  const shared: Store = { ...store, close: async () => {} };
  const limits = { messagesPerSecond: 100_000, messageBurst: 100_000 };
  const node = () => start({ limits, wrapStore: () => shared });
  let current = await node();
  const { sessionToken, conversation } = await current.visit();
  const limit = 300;
  const ids = Array.from({ length: limit }, () => randomUUID());
  const acknowledged = new Map<string, number>();
  let restarts = 0;

  async function sendAll(): Promise<void> {
    while (acknowledged.size < limit) {
      const server = current;
      const socket = server.socket();
      socket.raw.on("message", (data) => {
        const frame = JSON.parse(String(data));
        if (frame.t === "ack") acknowledged.set(frame.id, frame.seq);
        if (frame.t === "ready")
          for (const id of ids) if (!acknowledged.has(id)) socket.send({ t: "send", id, text: id });
      });
      socket.send({ t: "auth", token: sessionToken });
      const done = new Promise<void>((resolve) => {
        socket.raw.on("message", () => acknowledged.size === limit && resolve());
      });
      await Promise.race([socket.closed, done]);
      socket.close();
    }
  }

  async function restart(): Promise<void> {
    while (acknowledged.size < limit && restarts < 5) {
      const before = current;
      current = await node();
      await before.close();
      restarts++;
    }
  }

  await Promise.all([sendAll(), restart()]);
  const { messages } = await store.messages(conversation.id, { after: 0, limit: 1000 });
  expect(restarts).toBeGreaterThan(0);
  expect(messages.map(({ seq }) => seq)).toEqual(ids.map((_, index) => index + 1));
  expect(messages.map(({ id, seq }) => [id, seq])).toEqual(
    messages.map(({ id }) => [id, acknowledged.get(id)]),
  );
  await store.close();
});
