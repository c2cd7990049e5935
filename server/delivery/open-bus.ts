import { randomBytes } from "node:crypto";
import type { Log } from "../observability/log.ts";
import type { RedisAddress } from "../redis/addresses.ts";
import { nothingShared, type SharedScripts } from "../redis/shared-scripts.ts";
import type { Bus } from "./bus.ts";
import { createInProcessBus } from "./in-process-bus.ts";

/** A start waits for Redis no longer than that: without it the store is asked instead. */
const startMs = 1000;

/** The bus, and what else nodes share through Redis. */
export type SharedBus = Bus & SharedScripts;

/** @param options.redis null: this is the only node */
export async function openBus(options: {
  readonly redis: readonly RedisAddress[] | null;
  readonly siteId: number;
  readonly random: () => number;
  readonly log: Log;
}): Promise<SharedBus> {
  const { redis, siteId, random, log } = options;
  const failed = (error: unknown) => log.error({ event: "listener_failed", error });
  if (redis === null) return { ...createInProcessBus(failed), ...nothingShared };
  // Who runs one node need not load what it takes for many.
  const [{ createRedisBus }, { createOpenLink }] = await Promise.all([
    import("./redis-bus.ts"),
    import("../redis/open-link.ts"),
  ]);
  const bus = createRedisBus({
    open: createOpenLink(redis),
    prefix: sitePrefix(siteId, redis),
    nodeId: randomBytes(9).toString("base64url"),
    random,
    failed,
    noticed: (health, reason) =>
      health === "cut"
        ? log.error({ event: "hints_changed", health, error: reason })
        : log.warn({ event: "hints_changed", health }),
  });
  await Promise.race([bus.attempted, new Promise((resolve) => setTimeout(resolve, startMs))]);
  if (bus.health === "cut") log.error({ event: "hints_changed", health: "cut", at: "start" });
  return bus;
}

/** Channels know no numbered databases: without its number in their names, sites in two of them would hear each other. */
const sitePrefix = (siteId: number, [address]: readonly RedisAddress[]): string =>
  address?.database ? `vouch:${siteId}:${address.database}:` : `vouch:${siteId}:`;
