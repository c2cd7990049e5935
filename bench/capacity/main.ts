/**
 * `node bench/capacity/main.ts [--json FILE] [--socket-kilobytes N]`: what one core of a node, of PostgreSQL and of Redis is good for. CPU time is
 * measured, not time: the load, the database and the node share this machine. The simulation reads the JSON.
 */

import { randomInt, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { WebSocket } from "ws";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { agentToken, type Companion, startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { type Speaker, wireDesk, wireSpeaker } from "../ends.ts";
import { inTurns } from "../in-turns.ts";
import { percentile } from "../row.ts";
import type { Measured } from "../simulation/parameters.ts";
import { openShared } from "../soak/world/shared.ts";
import { unhindered } from "../unhindered.ts";
import { cpuOf, findProcess } from "./processes.ts";

const { values } = parseArgs({
  options: { json: { type: "string" }, "socket-kilobytes": { type: "string", default: "14" } },
});
const customers = 200;
/** Sessions and connections under way at once. */
const width = 16;
const messages = 20_000;
/** Under way at once: as many as a busy node has. */
const window = 200;
const pings = 100_000;
/** Three figures say what can be said. */
const rounded = (_name: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(3)) : value;

const text = "Where is my order? It was to arrive on Tuesday.";

const shared = await openShared(console.warn);
await shared.database.prepare();
const config = {
  ...(acmeConfig({
    limits: unhindered,
  }) as object),
  siteId: randomInt(2 ** 40),
};
const env = { DATABASE_URL: shared.database.url(), REDIS_URL: shared.redis.url() };
const here = await startCompanion({ config, env });
const there = await startCompanion({ config, env });
try {
  const database = findProcess("postgres", `-p ${shared.database.port}`);
  const redis = findProcess("redis-server", String(shared.redis.port));
  const socketUrl = (node: Companion, path = "socket"): string =>
    `${node.url.replace("http", "ws")}/api/v1/${path}`;
  const pid = (node: Companion): number => node.process.pid ?? 0;

  /** CPU time of a process for each of so many things. */
  async function cost(of: number, count: number, work: () => Promise<void>): Promise<number> {
    const before = cpuOf(of);
    await work();
    return (cpuOf(of) - before) / count;
  }

  const open = async (index: number): Promise<string> =>
    (await openSession(here.url, `customer-${index}`)).sessionToken;
  // What is compiled on the first occasion is not what a session costs.
  await inTurns(width, 50, async (index) => void (await open(index)));
  const tokens: string[] = [];
  const sessionUs = await cost(pid(here), 2000, async () => {
    await inTurns(width, 2000, async (index) => {
      tokens[index % customers] = await open(index % customers);
    });
  });
  const connect = async (index: number): Promise<void> =>
    (await wireSpeaker(socketUrl(here), tokens[index % customers] ?? "")).close();
  await inTurns(width, 200, connect);
  const connectUs = await cost(pid(here), 5000, async () => void (await inTurns(width, 5000, connect)));

  const latencies: number[] = [];
  let shown = () => {};
  const desk = await wireDesk(socketUrl(there, "agent/socket"), agentToken, () => shown());
  const speakers: Speaker[] = [];
  let acknowledged = (_id: string) => {};
  for (const token of tokens)
    speakers.push(await wireSpeaker(socketUrl(here), token, (id) => acknowledged(id)));

  /** Sends so many, `atOnce` under way, and waits until the desk at the other node has seen them all. */
  async function send(count: number, atOnce: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const sentAt = new Map<string, number>();
    let [sent, seen] = [0, 0];
    const sendNext = (): void => {
      if (sent === count) return;
      const id = randomUUID();
      sentAt.set(id, performance.now());
      speakers[sent++ % customers]?.say(id, text);
    };
    acknowledged = (id) => {
      const at = sentAt.get(id);
      // The desk may have seen the last of the batch before their writers heard of it.
      if (at === undefined) return;
      latencies.push(performance.now() - at);
      sentAt.delete(id);
      sendNext();
    };
    shown = () => {
      if (++seen === count) resolve();
    };
    for (let started = 0; started < atOnce; started++) sendNext();
    await promise;
  }

  await send(2000, window);
  const before = [pid(there), database, redis].map(cpuOf);
  const ackUs = await cost(pid(here), messages, () => send(messages, window));
  const [deliverUs = 0, databaseUs = 0, redisUs = 0] = [pid(there), database, redis].map(
    (of, index) => (cpuOf(of) - (before[index] ?? 0)) / messages,
  );
  latencies.length = 0;
  await send(300, 1);
  const commitMs = { p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
  const pingUs = await cost(pid(here), pings, () => ping(socketUrl(here), tokens[0] ?? ""));
  desk.close();
  for (const speaker of speakers) speaker.close();

  const measured: Measured = {
    node: { sessionUs, connectUs, ackUs, deliverUs, pingUs },
    database: { messageUs: databaseUs },
    redis: { messageUs: redisUs },
    commitMs,
    // As the row connection.idle measures it, with all that is collected out of the way.
    socketKilobytes: Number(values["socket-kilobytes"]),
  };
  console.log(JSON.stringify(measured, rounded, 2));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(measured, rounded, 2)}\n`);
} finally {
  await Promise.all([here.stop(), there.stop()]);
  await shared.stop();
}

/** One socket pings, a hundred under way. */
function ping(url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    let [sent, answered] = [0, 0];
    const send = (): void => {
      if (sent < pings) socket.send('{"t":"ping"}');
      sent++;
    };
    socket.on("error", reject);
    socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token, delivered: true })));
    socket.on("close", () => reject(new Error(`Closed after ${answered} pings.`)));
    socket.on("message", (data: Buffer) => {
      const frame = String(data);
      if (frame.startsWith('{"t":"ready"')) for (let count = 0; count < 100; count++) send();
      else if (frame === '{"t":"pong"}') {
        if (++answered < pings) return send();
        socket.removeAllListeners("close");
        socket.close();
        resolve();
      }
    });
  });
}
