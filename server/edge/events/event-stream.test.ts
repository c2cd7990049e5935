import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { defaultLimits } from "../../../shared/limits.ts";
import { createLog } from "../../observability/log.ts";
import { createQueuedBytes } from "../load/queued-bytes.ts";
import { textFrame } from "../websocket/text-frame.ts";
import { EventStream } from "./event-stream.ts";

/** The HTTP answer below a stream. */
class FakeResponse extends EventEmitter {
  closed = false;
  isCut = false;
  destroy(): void {
    this.isCut = true;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const limits = { ...defaultLimits, socketQueueBytes: 4000 };

async function setUp(queued = createQueuedBytes(1_000_000)) {
  const clock = { at: 0, now: () => clock.at };
  const told: string[] = [];
  const response = new FakeResponse();
  const stream = new EventStream(
    {
      limits,
      clock,
      queued,
      endOfTurn: (work) => process.nextTick(work),
      log: createLog("silent", { write() {} }),
    },
    null,
    response,
  );
  stream.serve({
    text: () => {},
    pinged: () => {},
    drained: () => void told.push("drained"),
    closed: () => void told.push("closed"),
  });
  const reader = stream.body.getReader();
  const take = async (): Promise<string> => {
    const { value } = await reader.read();
    await turn();
    return Buffer.from(value ?? []).toString();
  };
  // What every stream begins with.
  await take();
  return { clock, told, response, stream, queued, take };
}

/** In a turn of its own. */
async function send({ stream }: { stream: EventStream }, bytes: number): Promise<void> {
  stream.send(textFrame(JSON.stringify("x".repeat(bytes))));
  await turn();
}

test("a reader behind by a whole queue is told to resume later, and no more after that", async () => {
  const line = await setUp();
  await send(line, 3000);
  await send(line, 800);
  expect([line.stream.congested, line.stream.open]).toEqual([true, true]);
  await send(line, 300);
  expect([line.stream.open, line.told]).toEqual([false, ["closed"]]);
  const [, , last] = [await line.take(), await line.take(), await line.take()];
  expect(last).toContain('event: close\ndata: {"code":1013,"reason":"unavailable"}');
});

test("from a quarter of the queue on it is congested, until everything was taken", async () => {
  const line = await setUp();
  await send(line, 900);
  expect(line.stream.congested).toBe(false);
  await send(line, 200);
  expect(line.stream.congested).toBe(true);
  await line.take();
  expect([line.stream.congested, line.told]).toEqual([true, []]);
  await line.take();
  expect([line.stream.congested, line.told]).toEqual([false, ["drained"]]);
});

test("slow is not stalled: who takes something within a heartbeat is waited for", async () => {
  const line = await setUp();
  for (const bytes of [900, 900, 900]) await send(line, bytes);
  for (let taken = 0; taken < 2; taken++) {
    line.clock.at += limits.heartbeatMs - 1;
    line.stream.checkPulse();
    await line.take();
  }
  expect(line.stream.open).toBe(true);
  line.clock.at += limits.heartbeatMs;
  line.stream.checkPulse();
  expect(line.stream.open).toBe(false);
});

test("where the node's queues are full, who is behind is cut off and nobody else", async () => {
  const queued = createQueuedBytes(1500);
  const [behind, quick] = [await setUp(queued), await setUp(queued)];
  await send(behind, 1600);
  await send(quick, 100);
  await quick.take();
  await send(behind, 10);
  expect([behind.response.isCut, behind.stream.open]).toEqual([true, false]);
  await send(quick, 100);
  expect([quick.response.isCut, quick.stream.open]).toEqual([false, true]);
});

test("the node's count follows what is queued, and forgets who has gone", async () => {
  const line = await setUp();
  expect(line.queued.total).toBe(0);
  await send(line, 600);
  const one = line.queued.total;
  expect(one).toBeGreaterThan(600);
  await send(line, 600);
  expect(line.queued.total).toBe(2 * one);
  await line.take();
  expect(line.queued.total).toBe(one);
  line.response.emit("close");
  expect([line.queued.total, line.told]).toEqual([0, ["closed"]]);
});
