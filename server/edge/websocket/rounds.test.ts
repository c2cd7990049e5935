import { describe, expect, it, vi } from "vitest";
import { createRounds } from "./rounds.ts";

const idsUpTo = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);
const settled = () => new Promise(setImmediate);

function setUp(count: number, answer: (ids: readonly string[]) => Promise<void> = async () => {}) {
  const ask = vi.fn(answer);
  const rounds = createRounds(3, ask);
  const ids = idsUpTo(count);
  return {
    ask,
    rounds,
    ids,
    /** A call, and the answer to it. */
    async next() {
      rounds.next(() => ids);
      await settled();
    },
  };
}

describe("Asking the store about many things", () => {
  it.each([1, 2, 3, 100, 10_000])(
    "comes to each of %i within three calls, in one question each",
    async (count) => {
      const { ask, next } = setUp(count);
      for (let calls = 0; calls < 3; calls++) await next();
      expect(ask.mock.calls.length).toBeLessThanOrEqual(3);
      expect(new Set(ask.mock.calls.flatMap(([asked]) => asked)).size).toBe(count);
    },
  );

  it("takes more calls rather than asking too much at once", async () => {
    const { ask, next } = setUp(20_000);
    for (let calls = 0; calls < 4; calls++) await next();
    expect(ask.mock.calls.map(([asked]) => asked.length)).toEqual([5000, 5000, 5000, 5000]);
    expect(new Set(ask.mock.calls.flatMap(([asked]) => asked)).size).toBe(20_000);
  });

  it("asks nothing where there is nothing", async () => {
    const { ask, next, rounds } = setUp(0);
    await next();
    rounds.all(() => []);
    expect(ask).not.toHaveBeenCalled();
  });

  it("asks one question at a time, and goes on after one that failed", async () => {
    let fail = (_: Error) => {};
    const { ask, next } = setUp(1, () => new Promise((_, reject) => (fail = reject)));
    await next();
    await next();
    expect(ask).toHaveBeenCalledOnce();
    fail(new Error("the store is gone"));
    await settled();
    await next();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("asks about all at once where it has to, in pieces", async () => {
    const { ask, rounds, ids } = setUp(12_000);
    rounds.all(() => ids);
    await vi.waitFor(() => expect(ask.mock.calls.flatMap(([asked]) => asked)).toEqual(ids));
    expect(ask.mock.calls.map(([asked]) => asked.length)).toEqual([5000, 5000, 2000]);
  });

  it("asks about all once more where that was wanted while an answer was owed: it may be older", async () => {
    let answer = () => {};
    const { ask, rounds } = setUp(1, () => new Promise((resolve) => (answer = resolve)));
    rounds.all(() => ["a"]);
    rounds.all(() => ["never asked"]);
    rounds.all(() => ["b"]);
    expect(ask).toHaveBeenCalledOnce();
    answer();
    await settled();
    expect(ask.mock.calls).toEqual([[["a"]], [["b"]]]);
    answer();
    await settled();
    expect(ask).toHaveBeenCalledTimes(2);
  });
});
