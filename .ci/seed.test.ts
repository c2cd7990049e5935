import { expect, test } from "vitest";
import { seedOf } from "./seed.ts";

test("a seed is the same every time, another that is asked for, or another each time", () => {
  expect(seedOf({})).toBe(seedOf({}));
  expect(seedOf({ SEED: "4711" })).toBe(4711);
  expect(seedOf({ SEED: "-4711" })).toBe(-4711);
  const drawn = Array.from({ length: 20 }, () => seedOf({ SEED: "random" }));
  expect(drawn.every(Number.isSafeInteger)).toBe(true);
  expect(new Set(drawn).size).toBeGreaterThan(1);
});

test.each(["", "abc", "1.5"])("%j is no seed", (SEED) => {
  expect(() => seedOf({ SEED })).toThrow("SEED");
});
