import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { defaultLimits } from "../../../shared/limits.ts";
import { createLog } from "../../observability/log.ts";
import { createQueuedBytes } from "../load/queued-bytes.ts";
import { Connection, type ContractWebSocket } from "./connection.ts";

/** A TCP connection whose peer takes what is written one write at a time, when the test says so. */
class Pipe extends Duplex {
  readonly #taken: (() => void)[] = [];

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    this.#taken.push(done);
  }

  async takeOne(): Promise<void> {
    this.#taken.shift()?.();
    await turn();
  }

  async takeAll(): Promise<void> {
    while (this.#taken.length > 0) await this.takeOne();
  }
}

class FakeSocket {
  readyState: number = WebSocket.OPEN;
  connection: Connection | null = null;
  paused = false;
  ended: number | "cut" | null = null;
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  close(code: number): void {
    this.ended = code;
  }
  terminate(): void {
    this.ended = "cut";
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const limits = { ...defaultLimits, socketQueueBytes: 4000 };

function setUp(queued = createQueuedBytes(1_000_000)) {
  const clock = { at: 0, now: () => clock.at };
  const told: string[] = [];
  const left: Connection[] = [];
  const raw = new Pipe({ highWaterMark: 1 });
  const socket = new FakeSocket();
  const connection = new Connection(
    socket as unknown as ContractWebSocket,
    raw,
    {
      limits,
      clock,
      queued,
      endOfTurn: (work) => process.nextTick(work),
      log: createLog("silent", { write() {} }),
      gone: (connection) => void left.push(connection),
    },
    () => ({
      text: (text) => void told.push(text),
      pinged: () => {},
      drained: () => void told.push("drained"),
      closed: () => void told.push("closed"),
    }),
  );
  return { clock, told, left, raw, socket, connection, queued };
}

/** In a turn of its own. */
async function send({ connection }: { connection: Connection }, bytes: number): Promise<void> {
  connection.send(Buffer.alloc(bytes));
  await turn();
}

test("from a quarter of the queue on nothing is read from the peer, until it has taken everything", async () => {
  const line = setUp();
  await send(line, 900);
  expect([line.connection.congested, line.socket.paused]).toEqual([false, false]);
  await send(line, 200);
  expect([line.connection.congested, line.socket.paused]).toEqual([true, true]);
  await line.raw.takeOne();
  expect(line.connection.congested).toBe(true);
  await line.raw.takeAll();
  expect([line.connection.congested, line.socket.paused, line.told]).toEqual([false, false, ["drained"]]);
});

test("a peer behind by a whole queue is closed to resume later", async () => {
  const line = setUp();
  await send(line, 3000);
  await send(line, 900);
  expect(line.socket.ended).toBe(null);
  await send(line, 200);
  expect([line.socket.ended, line.told]).toEqual([1013, ["closed"]]);
});

test("many frames of one turn close nobody who is not behind", async () => {
  const line = setUp();
  for (let n = 0; n < 100; n++) line.connection.send(Buffer.alloc(100));
  await turn();
  expect(line.socket.ended).toBe(null);
  await line.raw.takeAll();
  expect(line.connection.congested).toBe(false);
});

test("slow is not stalled: who takes something within a heartbeat is waited for", async () => {
  const line = setUp();
  for (const bytes of [1000, 1000, 1000]) await send(line, bytes);
  for (let taken = 0; taken < 2; taken++) {
    line.clock.at += limits.heartbeatMs - 1;
    line.connection.checkPulse();
    await line.raw.takeOne();
  }
  expect(line.socket.ended).toBe(null);
  line.clock.at += limits.heartbeatMs;
  line.connection.checkPulse();
  expect(line.socket.ended).toBe(1013);
});

test("where the node's queues are full, who is behind is cut off and nobody else", async () => {
  const queued = createQueuedBytes(1500);
  const [behind, quick] = [setUp(queued), setUp(queued)];
  await send(behind, 1600);
  await send(quick, 100);
  expect(quick.socket.ended).toBe(null);
  await quick.raw.takeAll();
  await send(behind, 10);
  expect(behind.socket.ended).toBe("cut");
  await send(quick, 100);
  expect(quick.socket.ended).toBe(null);
});

test("no more are cut off than the node needs room", async () => {
  const queued = createQueuedBytes(2500);
  const lines = [setUp(queued), setUp(queued), setUp(queued)];
  for (const line of lines) await send(line, 900);
  for (const line of lines) await send(line, 10);
  expect(lines.map(({ socket }) => socket.ended)).toEqual(["cut", null, null]);
});

test("the node's count follows what is queued, and forgets who has gone", async () => {
  const line = setUp();
  await send(line, 600);
  await send(line, 500);
  expect(line.queued.total).toBe(1100);
  await line.raw.takeOne();
  expect(line.queued.total).toBe(500);
  line.connection.gone();
  expect([line.queued.total, line.left]).toEqual([0, [line.connection]]);
});
