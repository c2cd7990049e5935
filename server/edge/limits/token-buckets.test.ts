import fc from "fast-check";
import { expect, test } from "vitest";
import { createTokenBuckets } from "./token-buckets.ts";

function setUp(perSecond: number, burst: number) {
  const clock = { at: 0, now: () => clock.at };
  return { clock, buckets: createTokenBuckets({ perSecond, burst, clock }) };
}

test("a burst passes, then the rate applies, and the refusal says how long to wait", () => {
  const { clock, buckets } = setUp(5, 20);
  const taken = Array.from({ length: 25 }, () => buckets.take("a"));
  expect(taken.filter((wait) => wait === 0)).toHaveLength(20);
  const wait = buckets.take("a");
  expect(wait).toBe(200);
  clock.at += wait - 1;
  expect(buckets.take("a")).toBe(1);
  clock.at += 1;
  expect(buckets.take("a")).toBe(0);
  expect(buckets.take("a")).toBeGreaterThan(0);
});

test("one key's haste costs another nothing", () => {
  const { buckets } = setUp(1, 1);
  buckets.take("a");
  expect(buckets.take("a")).toBeGreaterThan(0);
  expect(buckets.take("b")).toBe(0);
});

test("a clock set back neither fills nor freezes a bucket", () => {
  const { clock, buckets } = setUp(1, 1);
  clock.at = 10_000;
  buckets.take("a");
  clock.at = 0;
  expect(buckets.take("a")).toBeGreaterThan(0);
  clock.at = 1000;
  expect(buckets.take("a")).toBe(0);
});

test("never more than burst + rate × time, whatever the pattern, also across sweeps", () => {
  const step = fc.record({ waitMs: fc.nat(700), takes: fc.nat(12), sweep: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { clock, buckets } = setUp(5, 20);
      let granted = 0;
      for (const { waitMs, takes, sweep } of steps) {
        clock.at += waitMs;
        if (sweep) buckets.sweep();
        for (let n = 0; n < takes; n++) if (buckets.take("a") === 0) granted++;
        expect(granted).toBeLessThanOrEqual(20 + (clock.at / 1000) * 5 + 1e-6);
      }
    }),
  );
});
