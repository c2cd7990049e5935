import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { type Memory, measureProcess, memoryOfProcess } from "./readings.ts";

const MiB = 1024 ** 2;

function measure(memory?: () => Memory) {
  const readings = measureProcess(memory);
  onTestFinished(readings.close);
  return readings;
}

test.each([
  ["the machine's memory", { own: 80, granted: 100, heap: 10, heapLimit: 100 }, 80],
  ["V8's heap", { own: 10, granted: 100, heap: 90, heapLimit: 100 }, 90],
])("the share that is nearer to its end counts: %s", (_, memory, percent) => {
  expect(measure(() => memory).read().memoryPercent).toBe(percent);
});

test("unless told otherwise it is this process that is measured", () => {
  const { own, granted, heap, heapLimit } = memoryOfProcess();
  const { memoryPercent } = measure().read();
  expect(memoryPercent).toBeGreaterThan(50 * Math.max(own / granted, heap / heapLimit));
  expect(memoryPercent).toBeLessThan(100);
});

test("what lies outside of V8's heap is seen as well as what lies in it", () => {
  const before = memoryOfProcess();
  const outside = Buffer.alloc(96 * MiB, 1);
  const between = memoryOfProcess();
  expect(between.own - before.own).toBeGreaterThan(64 * MiB);
  const inside = Array.from({ length: MiB }, (_, index) => ({ index, next: [index] }));
  expect(memoryOfProcess().heap - between.heap).toBeGreaterThan(32 * MiB);
  expect(outside.length + inside.length).toBe(97 * MiB);
});

test.runIf(process.platform === "linux")("pages of a mapped database are the system's", () => {
  const directory = mkdtempSync(join(tmpdir(), "vouch-readings-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const database = new DatabaseSync(join(directory, "large.db"));
  onTestFinished(() => database.close());
  database.exec(`create table t (b); insert into t values (zeroblob(${128 * MiB}))`);
  database.exec(`pragma mmap_size = ${256 * MiB}; pragma cache_size = 0`);
  const [before, residentBefore] = [memoryOfProcess().own, process.memoryUsage.rss()];
  database.exec("pragma quick_check");
  expect(process.memoryUsage.rss() - residentBefore).toBeGreaterThan(64 * MiB);
  expect(memoryOfProcess().own - before).toBeLessThan(32 * MiB);
});

test("the event loop is late by what it was held up, and each reading begins anew", async () => {
  const readings = measure();
  for (let turns = 0; turns < 5; turns++) {
    const until = performance.now() + 100;
    while (performance.now() < until);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(readings.read().eventLoopDelayMs).toBeGreaterThan(40);
  expect(readings.read().eventLoopDelayMs).toBe(0);
});
