import { type Database, openDatabase } from "./database.ts";
import { openRedis, type Redis } from "./redis.ts";

/** What nodes share. */
export interface Shared {
  readonly database: Database;
  readonly redis: Redis;
  stop(): Promise<void>;
}

/** @throws where a service is neither to be started nor running */
export async function openShared(tell: (line: string) => void): Promise<Shared> {
  const database = await openDatabase();
  try {
    const redis = await openRedis();
    for (const service of [database, redis])
      if (service.kind === "found") tell(`${service.why}: those that run already are used`);
    return {
      database,
      redis,
      async stop() {
        await database.stop();
        await redis.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}
