import { randomInt, randomUUID } from "node:crypto";
import { join } from "node:path";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { agentToken, startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { deliveryFigures, loadDeliveries } from "../deliveries.ts";
import { socketIoDesk, socketIoSpeaker, wireDesk, wireSpeaker } from "../ends.ts";
import { startFloor } from "../floors/process.ts";
import { interleave, type Row } from "../row.ts";
import { openShared } from "../soak/world/shared.ts";
import { unhindered } from "../unhindered.ts";

const rate = { customers: 100, perSecond: 500, seconds: 5 };

/**
 * From a customer's socket at one node to an agent's at the other, at 500 a second from 100 customers: two nodes, PostgreSQL,
 * Redis and the load share this machine.
 */
export const nodesDeliver: Row = {
  name: "nodes.deliver",
  measure: async () => {
    const shared = await openShared(console.warn);
    await shared.database.prepare();
    const databaseUrl = shared.database.url();
    const redisUrl = shared.redis.url();
    const config = {
      ...(acmeConfig({
        limits: unhindered,
      }) as object),
      siteId: randomInt(2 ** 40),
    };
    const key = `bench-${randomUUID()}`;
    const env = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
    const start = (program: string, ...args: string[]) =>
      startFloor(join(import.meta.dirname, "..", program), ...args);
    const here = await startCompanion({ config, env });
    const there = await startCompanion({ config, env });
    const floors = [
      await start("floors/nodes-deliver.ts", databaseUrl, redisUrl, key),
      await start("floors/nodes-deliver.ts", databaseUrl, redisUrl, key),
    ] as const;
    const peers = [
      await start("peers/socket-io-nodes.ts", redisUrl, key),
      await start("peers/socket-io-nodes.ts", redisUrl, key),
    ] as const;
    try {
      const tokens = await Promise.all(
        Array.from(
          { length: rate.customers },
          async (_, index) => (await openSession(here.url, `customer-${index}`)).sessionToken,
        ),
      );
      const socketUrl = (url: string, path: string) => `${url.replace("http", "ws")}/api/v1/${path}`;
      const result = await interleave(5, {
        ours: () =>
          loadDeliveries(
            rate,
            (shown) => wireDesk(socketUrl(there.url, "agent/socket"), agentToken, shown),
            (index) => wireSpeaker(socketUrl(here.url, "socket"), tokens[index] ?? ""),
          ),
        floor: () =>
          loadDeliveries(
            rate,
            (shown) => wireDesk(`${floors[1].url}/agent`, "", shown),
            () => wireSpeaker(floors[0].url, ""),
          ),
        peer: () =>
          loadDeliveries(
            rate,
            (shown) => socketIoDesk(peers[1].url, shown),
            () => socketIoSpeaker(peers[0].url),
          ),
      });
      return deliveryFigures("nodes.deliver", "Socket.IO with Redis", 50, result);
    } finally {
      await Promise.all([here, there, ...floors, ...peers].map((program) => program.stop()));
      await shared.stop();
    }
  },
};
