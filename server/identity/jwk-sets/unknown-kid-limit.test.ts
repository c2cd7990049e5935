import { describe, expect, it } from "vitest";
import { createUnknownKidLimit } from "./unknown-kid-limit.ts";

/** The limit at a time that is turned by hand. */
function turnedLimit() {
  let now = 1_000_000;
  const limit = createUnknownKidLimit({ now: () => now });
  const takeAt = (ms: number, communityId = "acme") => {
    now = 1_000_000 + ms;
    return limit.take(communityId);
  };
  return { ...limit, takeAt };
}

describe("A community's unknown kids", () => {
  it("cause one fetch in five seconds", () => {
    const { takeAt } = turnedLimit();
    expect([0, 0, 1, 4999, 5000, 5001, 9999, 10_000].map((ms) => takeAt(ms))).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it("are counted apart from another community's", () => {
    const { takeAt } = turnedLimit();
    expect([takeAt(0, "acme"), takeAt(0, "other"), takeAt(0, "other")]).toEqual([true, true, false]);
  });

  it("are limited on after a sweep", () => {
    const { takeAt, sweep } = turnedLimit();
    takeAt(0);
    takeAt(4999, "other");
    sweep();
    expect([takeAt(4999), takeAt(5000), takeAt(5000, "other")]).toEqual([false, true, false]);
  });

  it("are not held off by a clock that was set back", () => {
    const { takeAt } = turnedLimit();
    expect([takeAt(0), takeAt(-4999), takeAt(-5000)]).toEqual([true, false, true]);
  });
});
