import { afterEach, describe, expect, it, vi } from "vitest";
import { createLog } from "../observability/log.ts";
import { parseRedisUrl } from "../redis/addresses.ts";
import { redisAnswers, redisUrl, skipsWithout } from "../redis/testing/redis-server.ts";
import { openBus, type SharedBus } from "./open-bus.ts";

const opened: SharedBus[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
});

async function open(siteId: number, database: string): Promise<SharedBus> {
  const redis = parseRedisUrl(`${redisUrl}${database}`);
  const bus = await openBus({ redis, siteId, random: Math.random, log: createLog("silent", { write() {} }) });
  opened.push(bus);
  // It is open without Redis where that takes longer than a second.
  await vi.waitFor(() => expect(bus.health).toBe("whole"));
  return bus;
}

describe.skipIf(skipsWithout("Redis 7 or newer", !(await redisAnswers())))("Sites of one number", () => {
  it("hear each other in one database of Redis, and not in two", async () => {
    const siteId = Math.floor(Math.random() * 1e12);
    const [one, same, other, none] = [
      await open(siteId, "/1"),
      await open(siteId, "/1"),
      await open(siteId, "/2"),
      await open(siteId, ""),
    ];
    const heard: string[] = [];
    for (const [name, bus] of Object.entries({ same, other, none }))
      bus.subscribe("session:s1", () => heard.push(name));
    await Promise.all([same, other, none].map((bus) => bus.settled()));
    one.publish("session:s1", { kind: "ended", sessionId: "s1" });
    await vi.waitFor(() => expect(heard).toEqual(["same"]));
    // What each says itself comes last, so nothing of the others is under way any more.
    for (const bus of [other, none]) bus.publish("session:s1", { kind: "ended", sessionId: "s1" });
    await vi.waitFor(() => expect(heard.toSorted()).toEqual(["none", "other", "same"]));
  });
});
