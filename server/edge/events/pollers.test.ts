import { expect, test } from "vitest";
import { createPollers } from "./pollers.ts";

test("whoever was served is known for so long, each by its last poll", () => {
  let now = 1000;
  const pollers = createPollers({ forMs: 50, clock: { now: () => now } });
  pollers.served("ada");
  pollers.served("bob");
  now += 30;
  pollers.served("ada");
  now += 20;
  pollers.sweep();
  expect([pollers.has("ada"), pollers.has("bob")]).toEqual([true, false]);
  now += 30;
  pollers.sweep();
  expect(pollers.has("ada")).toBe(false);
});

test("a clock that was set back keeps nobody", () => {
  let now = 3_600_000;
  const pollers = createPollers({ forMs: 50, clock: { now: () => now } });
  pollers.served("ada");
  now = 1000;
  pollers.sweep();
  expect(pollers.has("ada")).toBe(false);
});
