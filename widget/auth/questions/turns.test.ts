import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLeaseTurns } from "./lease.ts";
import { turnsContract } from "./turns.suite.ts";
import { createLockTurns } from "./turns.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  localStorage.clear();
});

/** The real ones: happy-dom has none. */
const { locks } = await vi.importActual<{ locks: LockManager }>("node:worker_threads");

const realSetTimeout = setTimeout;
let origins = 0;

/** Timers turned by hand, and the locks' own turns of the event loop besides, which are real. */
async function pass(timeMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(timeMs);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => realSetTimeout(resolve));
}

const never = new AbortController().signal;
let seed = 0;
const random = () => (++seed * 0.618034) % 1;

describe("by Web Locks", () => {
  turnsContract(() => {
    // The locks are this process's: each browser has names of its own.
    const origin = ++origins;
    const own = (name: string) => `${origin} ${name}`;
    const request: LockManager["request"] = (name: string, ...rest: unknown[]) =>
      (locks.request as (...args: unknown[]) => Promise<never>)(own(name), ...rest);
    return { openTab: () => createLockTurns({ request }), pass };
  });

  test("a browser that refuses locks to the page lets it work all the same", async () => {
    const request = () => Promise.reject(new DOMException("Not here.", "SecurityError"));
    const run = vi.fn(async () => "token");
    await expect(createLockTurns({ request }).take("renewal", never, run)).resolves.toBe("token");
  });
});

describe("by a lease in storage, without Web Locks", () => {
  turnsContract(() => {
    localStorage.clear();
    return { openTab: () => createLeaseTurns(() => localStorage, random), pass };
  });

  test("of two tabs that both find it free at the same moment, one works", async () => {
    /** A tab that reads before the other has written, as processes of their own can. */
    const openBlindTab = () => {
      let reads = 0;
      const getItem = (name: string) => (reads++ === 0 ? null : localStorage.getItem(name));
      const setItem = (name: string, lease: string) => localStorage.setItem(name, lease);
      const removeItem = (name: string) => localStorage.removeItem(name);
      return createLeaseTurns(() => ({ getItem, setItem, removeItem }), random);
    };
    for (let round = 0; round < 20; round++) {
      localStorage.clear();
      const run = vi.fn(() => new Promise<void>(() => {}));
      for (let tab = 0; tab < 2; tab++) void openBlindTab().take("renewal", never, run);
      await pass(500);
      expect(run).toHaveBeenCalledOnce();
    }
  });

  test("a tab that died with the lease is waited for no longer than the lease; what a clock set back left, not at all", async () => {
    const run = vi.fn(async () => {});
    localStorage.setItem("renewal", `someone ${Date.now() + 3_000}`);
    void createLeaseTurns(() => localStorage, random).take("renewal", never, run);
    await pass(2_500);
    expect(run).not.toHaveBeenCalled();
    await pass(1_000);
    expect(run).toHaveBeenCalledOnce();
    localStorage.setItem("renewal", `someone ${Date.now() + 3_600_000}`);
    void createLeaseTurns(() => localStorage, random).take("renewal", never, run);
    await pass(200);
    expect(run).toHaveBeenCalledTimes(2);
  });

  test("who works out of turn leaves the turn to the tab that has it", async () => {
    const take = (run: () => Promise<unknown>) =>
      createLeaseTurns(() => localStorage, random).take("renewal", never, run);
    void take(() => new Promise(() => {}));
    await pass(200);
    let finish: () => void = () => {};
    const late = take(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    await pass(10_500);
    localStorage.setItem("renewal", `another ${Date.now() + 5_000}`);
    finish();
    await late;
    expect(localStorage.getItem("renewal")).toMatch(/^another /);
  });

  test("the lease says who and until when, and nothing is left of it afterwards", async () => {
    let lease: string | null = null;
    const taken = createLeaseTurns(() => localStorage, random).take("renewal", never, async () => {
      lease = localStorage.getItem("renewal");
    });
    await pass(200);
    await taken;
    expect(lease).toMatch(/^0\.\d+ \d{13}$/);
    expect(localStorage.length).toBe(0);
  });

  test("a browser that refuses storage to the page lets it work all the same", async () => {
    const refuse = (): Storage => {
      throw new DOMException("Not here.", "SecurityError");
    };
    const run = vi.fn(async () => "token");
    await expect(createLeaseTurns(refuse, random).take("renewal", never, run)).resolves.toBe("token");
  });
});
