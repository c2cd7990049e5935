import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createShopApp } from "./shop/app.ts";
import type { ShopKeys } from "./shop-keys.ts";

export interface ShopOptions {
  /** The companion's origin as browsers see it. */
  readonly companionUrl: string;
  /** 0: any free one. */
  readonly port: number;
  readonly keys: ShopKeys;
  /** 127.0.0.1 by default. */
  readonly host?: string;
}

export interface Shop {
  readonly url: string;
  close(): Promise<void>;
}

/** Resolves once the shop accepts connections; rejects with the system's error where it can't (`EADDRINUSE`). */
export async function startShop({
  companionUrl,
  port,
  keys,
  host = "127.0.0.1",
}: ShopOptions): Promise<Shop> {
  const app = createShopApp({ companionUrl, keys, now: () => new Date() });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, host);
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${taken}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}
