import { afterEach, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { openTestStream } from "../testing/test-stream.ts";

let now: number;
let server: TestServer;
afterEach(() => server.close());

/** One that has a place for one only. */
async function start(): Promise<void> {
  now = Date.now();
  server = await startTestServer({ clock: { now: () => now }, limits: { socketsPerNode: 1 } });
}

/** As a client polls that says it was served before. */
const again = { poll: "true", afterSeq: 0, readSeq: 0, agentDelivered: 0, agentRead: 0 };
const tryLater = { code: 1013, reason: "unavailable" };

test.each([
  ["a stream", {}],
  ["a first poll", { poll: "true" }],
  ["a poll of whoever only says it was here", again],
])("a full node sends %s away with a time to come back", async (_, query) => {
  await start();
  const { sessionToken } = await server.visit();
  await server.live(sessionToken);
  const turned = await openTestStream(server, sessionToken, query);
  expect(await turned.closed).toEqual(tryLater);
  const [draining, ...more] = turned.frames;
  expect(draining).toMatchObject({ t: "draining", reconnectInMs: expect.any(Number) });
  expect(more).toEqual([]);
});

test("an address has so many streams, and one that has ended makes room", async () => {
  server = await startTestServer({ limits: { socketsPerAddress: 1 } });
  const { sessionToken } = await server.visit();
  const first = await openTestStream(server, sessionToken);
  await first.next("ready");
  const second = await openTestStream(server, sessionToken);
  expect(second.response.status).toBe(429);
  first.stop();
  await expect.poll(openStreams).toBe(0);
  const third = await openTestStream(server, sessionToken);
  await third.next("ready");
  third.stop();
});

test("the last place is anybody's: who asks for it is not counted yet", async () => {
  await start();
  const { sessionToken } = await server.visit();
  const stream = await openTestStream(server, sessionToken);
  await stream.next("ready");
  stream.stop();
});

test("whoever polls goes on when the node has filled up in between, for as long as nobody would stay away", async () => {
  await start();
  const [poller, other] = [await server.visit(), await server.visit()];
  const poll = () => openTestStream(server, poller.sessionToken, again);
  const first = await poll();
  await first.next("ready");
  now += 25_000;
  server.sweep();
  expect(await first.closed).toBeNull();
  await expect.poll(openStreams).toBe(0);
  server.sweep();
  await server.live(other.sessionToken);
  const second = await poll();
  await second.next("ready");
  second.stop();
  now += 50_000;
  server.sweep();
  expect(await (await poll()).closed).toEqual(tryLater);
});

const openStreams = async (): Promise<number> =>
  Number(/vouch_sockets\{kind="stream"\} (\d+)/.exec(await (await server.fetch("/metrics")).text())?.[1]);
