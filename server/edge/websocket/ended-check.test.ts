import { describe, expect, it, vi } from "vitest";
import { createEndedCheck } from "./ended-check.ts";

const idsUpTo = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);

function setUp(
  count: number,
  answer: (ids: readonly string[]) => Promise<readonly string[]> = async () => [],
) {
  const ended: string[] = [];
  const endedAmong = vi.fn(answer);
  const check = createEndedCheck(endedAmong, (id) => ended.push(id));
  const ids = idsUpTo(count);
  return {
    ended,
    endedAmong,
    /** A sweep, and the answer of the store to it. */
    async sweep() {
      check.sweep(ids, ids.length);
      await new Promise(setImmediate);
    },
  };
}

describe("Asking the store which sessions have ended", () => {
  it.each([1, 2, 3, 100, 10_000])(
    "comes to each of %i sessions within three sweeps, in one question each",
    async (count) => {
      const { endedAmong, sweep } = setUp(count);
      for (let sweeps = 0; sweeps < 3; sweeps++) await sweep();
      expect(endedAmong.mock.calls.length).toBeLessThanOrEqual(3);
      expect(new Set(endedAmong.mock.calls.flatMap(([asked]) => asked)).size).toBe(count);
    },
  );

  it("asks for no more than 5,000 at once", async () => {
    const { endedAmong, sweep } = setUp(20_000);
    for (let sweeps = 0; sweeps < 4; sweeps++) await sweep();
    expect(endedAmong.mock.calls.map(([asked]) => asked.length)).toEqual([5000, 5000, 5000, 5000]);
    expect(new Set(endedAmong.mock.calls.flatMap(([asked]) => asked)).size).toBe(20_000);
  });

  it("asks nothing where nobody is here", async () => {
    const { endedAmong, sweep } = setUp(0);
    await sweep();
    expect(endedAmong).not.toHaveBeenCalled();
  });

  it("tells those that have ended", async () => {
    const { ended, sweep } = setUp(4, async (ids) => ids.filter((id) => id === "s1" || id === "s3"));
    for (let sweeps = 0; sweeps < 3; sweeps++) await sweep();
    expect(new Set(ended)).toEqual(new Set(["s1", "s3"]));
  });

  it("asks again after a store that failed, and not while the store owes an answer", async () => {
    let fail = (_: Error) => {};
    const { endedAmong, sweep } = setUp(1, () => new Promise((_, reject) => (fail = reject)));
    await sweep();
    await sweep();
    expect(endedAmong).toHaveBeenCalledOnce();
    fail(new Error("The store is down."));
    await new Promise(setImmediate);
    await sweep();
    expect(endedAmong).toHaveBeenCalledTimes(2);
    fail(new Error("The store is down."));
  });
});
