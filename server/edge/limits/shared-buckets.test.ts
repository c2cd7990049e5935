import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRedisBus, type RedisBus } from "../../delivery/redis-bus.ts";
import { parseRedisUrl } from "../../redis/addresses.ts";
import { createOpenLink } from "../../redis/open-link.ts";
import { createSharedLocks } from "../../redis/shared-locks.ts";
import { nothingShared, type SharedScripts } from "../../redis/shared-scripts.ts";
import { redisAnswers, redisUrl, removeKeys, skipsWithout } from "../../redis/testing/redis-server.ts";
import { createSessionRequestLimit } from "./session-requests.ts";
import { shareBuckets } from "./shared-buckets.ts";
import { createTokenBuckets } from "./token-buckets.ts";

/** Redis has a clock of its own: what comes back meanwhile is next to nothing. */
const options = { name: "messages", perSecond: 0.001, burst: 20 };
const clock = { at: 0, now: () => clock.at };
/** A Redis that hesitates for a fifth of a second counts as none, as it may once on a busy machine. */
const retry = 2;

const node = (scripts: SharedScripts, { perSecond }: { perSecond: number } = options) =>
  shareBuckets(createTokenBuckets({ ...options, perSecond, clock }), scripts, { ...options, perSecond });

function takeAll(buckets: ReturnType<typeof node>, key = "s1"): number {
  let taken = 0;
  while (buckets.take(key) === 0) taken++;
  return taken;
}

describe.skipIf(skipsWithout("Redis 7 or newer", !(await redisAnswers())))(
  "Limits that nodes share",
  { retry },
  () => {
    const prefix = `vouch-test:${randomBytes(6).toString("hex")}:`;
    let bus: RedisBus;
    beforeEach(async () => {
      bus = createRedisBus({
        open: createOpenLink(parseRedisUrl(redisUrl) ?? []),
        prefix,
        nodeId: randomBytes(9).toString("base64url"),
        random: Math.random,
        failed() {},
        noticed() {},
      });
      await bus.attempted;
    });
    afterEach(async () => {
      await bus.close();
      await removeKeys(prefix);
    });

    it("leave on one node what the others left", async () => {
      const [one, two] = [node(bus), node(bus)];
      for (let taken = 0; taken < 15; taken++) one.take("s1");
      await one.settle();
      two.take("s1");
      await two.settle();
      expect(takeAll(two)).toBe(4);
      expect(takeAll(two, "s2")).toBe(20);
    });

    it("make nodes that granted a burst each wait until that is paid back", async () => {
      const [one, two] = [node(bus), node(bus)];
      expect(takeAll(one) + takeAll(two)).toBe(40);
      await one.settle();
      await two.settle();
      const debtMs = (20 / options.perSecond) * 1000;
      expect(two.take("s1")).toBeGreaterThan(debtMs);
      // One learns of it with the next that it takes.
      clock.at += 1000 / options.perSecond;
      expect(one.take("s1")).toBe(0);
      await one.settle();
      expect(one.take("s1")).toBeGreaterThan(debtMs);
    });

    it("count what is taken while they settle", async () => {
      const [one, two] = [node(bus), node(bus)];
      for (let taken = 0; taken < 10; taken++) two.take("s1");
      await two.settle();
      one.take("s1");
      const settled = one.settle();
      for (let taken = 0; taken < 5; taken++) one.take("s1");
      await settled;
      expect(takeAll(one)).toBe(20 - 10 - 1 - 5);
    });

    it("settle many keys at once", async () => {
      const [one, two] = [node(bus), node(bus)];
      const keys = Array.from({ length: 5000 }, (_, index) => `session-${index}`);
      for (const key of keys) for (let taken = 0; taken < 20; taken++) one.take(key);
      await one.settle();
      for (const key of keys) two.take(key);
      await two.settle();
      expect(keys.filter((key) => two.take(key) === 0)).toEqual([]);
    });

    it("bound session requests of all nodes together, and say when there may be another", async () => {
      const [one, two] = [createSessionRequestLimit(3, bus), createSessionRequestLimit(3, bus)];
      for (const limit of [one, two, one]) await limit.consume("192.0.2.1", "acme-web");
      await expect(two.consume("192.0.2.1", "acme-web")).rejects.toMatchObject({ code: "rate_limited" });
      await two.consume("192.0.2.1", "other-web");
      await two.consume("192.0.2.2", "acme-web");
    });

    it("let one node at a time do what must not be done twice, and the next one afterwards", async () => {
      const locks = createSharedLocks(bus);
      let finish = (_: string) => {};
      const first = locks.alone(
        "renewal:s1",
        5000,
        () => new Promise<string>((resolve) => (finish = resolve)),
      );
      await vi.waitFor(async () =>
        expect(await locks.alone("renewal:s1", 5000, async () => "twice")).toBeNull(),
      );
      expect(await locks.alone("renewal:s2", 5000, async () => "other")).toEqual({ result: "other" });
      finish("done");
      expect(await first).toEqual({ result: "done" });
      await vi.waitFor(async () =>
        expect(await locks.alone("renewal:s1", 5000, async () => "again")).not.toBeNull(),
      );
    });
  },
);

describe("Without Redis, or with one that does not answer", () => {
  const silent: SharedScripts = { run: () => new Promise(() => {}) };
  const failing: SharedScripts = { run: () => Promise.reject(new Error("gone")) };

  it.each([nothingShared, silent, failing])("each node goes by its own limits", async (scripts) => {
    const buckets = node(scripts, { perSecond: 5 });
    expect(takeAll(buckets)).toBe(20);
    void buckets.settle();
    clock.at += 1000;
    expect(takeAll(buckets)).toBe(5);
    const requests = createSessionRequestLimit(2, scripts);
    await requests.consume("a", "d");
    await requests.consume("a", "d");
    await expect(requests.consume("a", "d")).rejects.toMatchObject({ code: "rate_limited" });
    const locks = createSharedLocks(scripts);
    expect(await locks.alone("x", 1000, async () => 1)).toEqual({ result: 1 });
  });
});
