import { expect, test } from "vitest";
import { createLog } from "../../observability/log.ts";
import { pressureOf, type Readings } from "./pressure.ts";
import { createShedding } from "./shedding.ts";

const bounds = { socketsPerNode: 100, memoryPercent: 80, eventLoopDelayMs: 200 };
const calm: Readings = { sockets: 10, memoryPercent: 20, eventLoopDelayMs: 1 };

test.each([
  ["sockets", { sockets: 100 }],
  ["memory", { memoryPercent: 80 }],
  ["event_loop", { eventLoopDelayMs: 200 }],
] as const)("%s at their bound are a pressure", (pressure, reading) => {
  expect(pressureOf({ ...calm, ...reading }, bounds, null)).toBe(pressure);
});

test("just below its bound nothing is one, unless it is still the one of before", () => {
  const brink = { ...calm, memoryPercent: 78 };
  expect(pressureOf(brink, bounds, null)).toBe(null);
  expect(pressureOf(brink, bounds, "memory")).toBe("memory");
  expect(pressureOf(brink, bounds, "sockets")).toBe(null);
  expect(pressureOf({ ...calm, memoryPercent: 75 }, bounds, "memory")).toBe(null);
});

function setUp() {
  const now = { ...calm };
  const lines: { event: string; pressure?: string }[] = [];
  const shedding = createShedding({
    bounds,
    sockets: () => now.sockets,
    read: () => now,
    random: () => 0.5,
    log: createLog("trace", { write: (line: string) => void lines.push(JSON.parse(line)) }),
  });
  return { now, lines, shedding };
}

test("newcomers are turned from the next sweep on and told when to come back; each way is logged once", () => {
  const { now, lines, shedding } = setUp();
  now.memoryPercent = 90;
  expect(shedding.turns()).toBe(null);
  for (let sweep = 0; sweep < 3; sweep++) shedding.sweep();
  expect(shedding.turns()).toEqual({ pressure: "memory", retryInMs: 12_500 });
  now.memoryPercent = 20;
  for (let sweep = 0; sweep < 3; sweep++) shedding.sweep();
  expect(shedding.turns()).toBe(null);
  expect(lines.map(({ event, pressure }) => [event, pressure])).toEqual([
    ["shedding_began", "memory"],
    ["shedding_ended", undefined],
  ]);
});

test("too many sockets are turned at once: a second is long enough for thousands", () => {
  const { now, shedding } = setUp();
  now.sockets = 100;
  expect(shedding.turns()?.pressure).toBe("sockets");
});
