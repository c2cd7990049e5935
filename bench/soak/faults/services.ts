/** What befalls the database and Redis, and the lines that lead to them. */

import { fairWeather } from "../world/pipe.ts";
import type { TcpProxy } from "../world/tcp-proxy.ts";
import { between, type Fault, oneOf, pause } from "./fault.ts";

/** `pg_ctl stop -m immediate`, and start: recovery from the log. */
export const databaseCrash: Fault = {
  name: "database-crash",
  pauseMs: [1000, 4000],
  needs: { database: "own" },
  async strike({ world, random }) {
    const database = world.shared?.database;
    if (database?.kind === "own") await database.crash(between(random, 0, 2000));
  },
};

/** `pg_terminate_backend` in the middle of whatever they do. */
export const databaseTerminate: Fault = {
  name: "database-terminate",
  pauseMs: [100, 1500],
  needs: { database: "any" },
  async strike({ world, random }) {
    // The database itself may be away for another fault.
    await world.shared?.database.terminate(random()).catch(() => {});
  },
};

/** SIGKILL and start. Whatever it was to pass on is gone. */
export const redisRestart: Fault = {
  name: "redis-restart",
  pauseMs: [500, 3000],
  needs: { redis: "own" },
  async strike({ world, random }) {
    const redis = world.shared?.redis;
    if (redis?.kind === "own") await redis.restart(between(random, 0, 3000));
  },
};

/** `CLIENT KILL`, of those who publish or those who listen. */
export const redisClients: Fault = {
  name: "redis-clients",
  pauseMs: [200, 1500],
  needs: { redis: "any" },
  async strike({ world, random }) {
    await world.shared?.redis.killClients(oneOf(random, ["normal", "pubsub"] as const)).catch(() => {});
  },
};

/** One node's line to the database: cut, silent, gone for a while, slow. The other node has its own. */
export const databaseLine: Fault = {
  name: "database-line",
  pauseMs: [300, 2500],
  needs: { proxies: true, database: "any" },
  strike: ({ world, random }) => disturb(oneOf(random, world.posts).lines.database, random),
};

export const redisLine: Fault = {
  name: "redis-line",
  pauseMs: [300, 2500],
  needs: { proxies: true, redis: "any" },
  strike: ({ world, random }) => disturb(oneOf(random, world.posts).lines.redis, random),
};

async function disturb(line: TcpProxy | undefined, random: () => number): Promise<void> {
  if (!line) return;
  const forAWhile = () => pause(between(random, 200, 4000));
  const ways = [
    async () => line.reset(),
    async () => {
      line.stall(oneOf(random, ["up", "down", "both"] as const));
      await forAWhile();
      line.release();
    },
    async () => {
      line.admit("nobody");
      line.reset();
      await forAWhile();
      line.admit("all");
    },
    async () => {
      line.weather({ ...fairWeather, latencyMs: between(random, 5, 150), jitterMs: 50 });
      await forAWhile();
      line.weather(fairWeather);
    },
  ];
  await oneOf(random, ways)();
}
