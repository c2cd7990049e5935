import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepLink } from "./keep-link.ts";
import type { Link, LinkEvents } from "./link.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Attempt {
  readonly events: LinkEvents;
  readonly signal: AbortSignal;
  readonly link: Link;
  succeed(): Promise<void>;
  fail(reason: unknown): Promise<void>;
}

/** Microtasks that follow from what was settled. */
const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

function setUp({ prepare = async () => {} }: { prepare?: (link: Link) => Promise<void> } = {}) {
  const attempts: Attempt[] = [];
  const [up, down] = [vi.fn(), vi.fn()];
  const kept = keepLink({
    open: (events, signal) =>
      new Promise((resolve, reject) => {
        const link = { close: vi.fn() } as unknown as Link;
        attempts.push({
          events,
          signal,
          link,
          async succeed() {
            resolve(link);
            await settled();
          },
          async fail(reason) {
            reject(reason);
            await settled();
          },
        });
      }),
    received() {},
    prepare,
    up,
    down,
    random: () => 0.999,
  });
  const latest = () => attempts.at(-1) ?? Promise.reject(new Error("There was no attempt."));
  return { kept, attempts, up, down, latest: async () => await latest() };
}

describe("A link that is kept", () => {
  it("counts once it is prepared, and not before", async () => {
    let prepared = () => {};
    const { kept, up, latest } = setUp({ prepare: () => new Promise((resolve) => (prepared = resolve)) });
    const attempt = await latest();
    await attempt.succeed();
    expect(kept.current).toBeNull();
    prepared();
    await settled();
    expect(kept.current).toBe(attempt.link);
    expect(up).toHaveBeenCalledOnce();
  });

  it("is closed at its first fault, told of once, and made anew at once", async () => {
    const { kept, attempts, down, latest } = setUp();
    const first = await latest();
    await first.succeed();
    first.events.ended("reset");
    first.events.ended("reset again");
    kept.giveUp("and again");
    expect(kept.current).toBeNull();
    expect(first.link.close).toHaveBeenCalledOnce();
    expect(down).toHaveBeenCalledExactlyOnceWith("reset");
    vi.advanceTimersByTime(50);
    expect(attempts).toHaveLength(2);
  });

  it("is tried again with longer pauses, none longer than a second", async () => {
    const { attempts, latest } = setUp();
    const pauses: number[] = [];
    for (let times = 0; times < 8; times++) {
      const before = attempts.length;
      await (await latest()).fail("refused");
      let pause = 0;
      for (; attempts.length === before; pause += 10) vi.advanceTimersByTime(10);
      pauses.push(pause);
    }
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1000, 1000, 1000]);
  });

  it("is tried again at once after it stood for a while, and later where it falls again and again", async () => {
    const { attempts, latest } = setUp();
    async function standFor(ms: number): Promise<number> {
      const attempt = await latest();
      await attempt.succeed();
      vi.advanceTimersByTime(ms);
      attempt.events.ended("reset");
      const before = attempts.length;
      let pause = 0;
      for (; attempts.length === before; pause += 10) vi.advanceTimersByTime(10);
      return pause;
    }
    const pauses: number[] = [];
    for (const ms of [0, 100, 0, 10_000, 0]) pauses.push(await standFor(ms));
    expect(pauses).toEqual([50, 100, 200, 50, 100]);
  });

  it("is given up where nothing answers, and closed where the answer comes too late", async () => {
    const { kept, attempts, down, latest } = setUp();
    const first = await latest();
    vi.advanceTimersByTime(5000);
    expect(first.signal.aborted).toBe(true);
    expect(down).toHaveBeenCalledOnce();
    await first.succeed();
    expect(first.link.close).toHaveBeenCalled();
    expect(kept.current).toBeNull();
    vi.advanceTimersByTime(100);
    expect(attempts).toHaveLength(2);
  });

  it("is given up where it can't be prepared", async () => {
    const { kept, down, latest } = setUp({ prepare: () => Promise.reject(new Error("no permission")) });
    const attempt = await latest();
    await attempt.succeed();
    expect(kept.current).toBeNull();
    expect(attempt.link.close).toHaveBeenCalledOnce();
    expect(down).toHaveBeenCalledExactlyOnceWith(new Error("no permission"));
  });

  it.each(["while it opens", "while it stands", "while it pauses"])(
    "stays closed, closed %s",
    async (when) => {
      const { kept, attempts, down, latest } = setUp();
      const attempt = await latest();
      if (when === "while it stands") await attempt.succeed();
      if (when === "while it pauses") await attempt.fail("refused");
      const told = down.mock.calls.length;
      kept.close();
      await attempt.succeed();
      vi.advanceTimersByTime(60_000);
      expect(attempts).toHaveLength(1);
      expect(down).toHaveBeenCalledTimes(told);
      expect(kept.current).toBeNull();
      if (when !== "while it pauses") expect(attempt.link.close).toHaveBeenCalled();
    },
  );
});
