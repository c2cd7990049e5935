/** Several nodes of one installation in this process: one store, one Redis. */

import { expect, vi } from "vitest";
import { parseRedisUrl } from "../../redis/addresses.ts";
import { openSqliteStore } from "../../store/sqlite/open.ts";
import type { Store } from "../../store/store.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

export interface TestNodes {
  readonly store: Store;
  readonly nodes: readonly [TestServer, TestServer];
  close(): Promise<void>;
}

type Options = Parameters<typeof startTestServer>[0];

/** @param siteId keeps tests apart that share a Redis */
export async function startTwoNodes(
  redisUrl: string,
  siteId: number,
  options: Options = {},
): Promise<TestNodes> {
  const store = await openSqliteStore(":memory:");
  // The nodes leave it to us to close.
  const shared = { ...store, close: async () => {} };
  const start = () =>
    startTestServer({
      ...options,
      siteId,
      environment: { ...options?.environment, redis: parseRedisUrl(redisUrl) },
      wrapStore(own) {
        void own.close();
        return shared;
      },
    });
  const nodes = [await start(), await start()] as const;
  // A node starts without Redis where that takes longer than a second.
  for (const node of nodes)
    await vi.waitFor(async () =>
      expect(await (await node.fetch("/readyz")).json()).toMatchObject({ hints: "whole" }),
    );
  return {
    store,
    nodes,
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
      await store.close();
    },
  };
}
