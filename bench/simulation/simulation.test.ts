import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomOf } from "../soak/plan.ts";
import { playFanOut } from "./fan-out.ts";
import type { Measured } from "./parameters.ts";
import { createTimeline } from "./queue.ts";
import { playStorm } from "./storm.ts";

const measured: Measured = {
  node: { sessionUs: 200, connectUs: 200, ackUs: 50, deliverUs: 20, pingUs: 5 },
  database: { messageUs: 50 },
  redis: { messageUs: 10 },
  commitMs: { p50: 2, p99: 8 },
  socketKilobytes: 10,
};

test("what happens, happens in the order of its time", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 })), (times) => {
      const timeline = createTimeline<null>();
      for (const at of times) timeline.add(at, null);
      const order: number[] = [];
      for (let next = timeline.next(); next; next = timeline.next()) order.push(next.at);
      expect(order).toEqual(times.toSorted((a, b) => a - b));
    }),
  );
});

describe("A storm", () => {
  const storm = { clients: 20_000, nodes: 2, lostNodes: 1, connectUs: 200, busy: 0 };
  const play = (more: Partial<typeof storm> = {}) =>
    playStorm({ ...storm, ...more, random: randomOf("storm") });

  test("brings everybody back, no faster than a node can take them", () => {
    const { lastMs, peakPerSecond } = play();
    expect(lastMs).toBeGreaterThanOrEqual((10_000 * 200) / 1000);
    expect(peakPerSecond).toBeLessThanOrEqual(1_000_000 / 200 + 1);
  });

  test("is over sooner where more nodes are left", () => {
    expect(play({ nodes: 20 }).p99Ms).toBeLessThan(play().p99Ms);
    expect(play({ nodes: 20 }).told).toBe(0);
  });

  test("makes a crowded node tell newcomers when to come, and takes no longer than its work", () => {
    const { told, p99Ms, lastMs, peakPerSecond, meanPerSecond } = play({ connectUs: 1000 });
    expect(told).toBeGreaterThan(0);
    expect(p99Ms).toBeGreaterThan(9_900);
    expect(lastMs).toBeLessThan(1.5 * 10_000);
    expect(peakPerSecond).toBeLessThan(2 * meanPerSecond);
  });

  test("is the same for the same seed", () => {
    expect(play()).toEqual(play());
  });
});

describe("The fan-out", () => {
  const play = (messagesPerSecond: number) =>
    playFanOut({
      measured,
      customers: 100_000,
      nodes: 10,
      messagesPerSecond,
      readersPerMessage: 2,
      seconds: 5,
      random: randomOf("fan-out"),
    });

  test("takes the commit and little else where nodes have nothing to do", () => {
    const { p50Ms, nodeLoad } = play(100);
    expect(p50Ms).toBeGreaterThan(2);
    expect(p50Ms).toBeLessThan(4);
    expect(nodeLoad).toBeLessThan(0.02);
  });

  test("loads a node with what its messages, readers and pings cost", () => {
    const { nodeLoad } = play(50_000);
    expect(nodeLoad).toBeCloseTo(5000 * (50 + 2 * 20) * 1e-6 + (10_000 / 9) * 5e-6, 1);
  });

  test("takes long where a node is full", () => {
    expect(play(112_000).p99Ms).toBeGreaterThan(2 * play(50_000).p99Ms);
  });
});
