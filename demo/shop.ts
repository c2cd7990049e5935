import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { createShopApp } from "./shop/app.ts";
import type { ShopKeys } from "./shop-keys.ts";

export interface ShopOptions {
  /** The companion's origin as browsers see it. */
  readonly companionUrl: string;
  /** The OpenID provider's issuer. */
  readonly providerUrl: string;
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
export async function startShop({ port, host = "127.0.0.1", ...options }: ShopOptions): Promise<Shop> {
  // It has to know its own address, for the provider to send its customers back to.
  let app: Hono;
  const server = createAdaptorServer({ fetch: (request, env) => app.fetch(request, env) });
  server.listen(port, host);
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  const url = `http://localhost:${taken}`;
  app = createShopApp({ ...options, shopUrl: url, now: () => new Date() });
  return {
    url,
    async close() {
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}
