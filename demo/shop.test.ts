import { expect, test } from "vitest";
import { startShop } from "./shop.ts";
import { createShopKeys } from "./shop-keys.ts";

test("the shop listens, says so of a port that is taken, and closes", async () => {
  const keys = await createShopKeys();
  const options = { companionUrl: "http://localhost:1", providerUrl: "http://localhost:2", port: 0, keys };
  const shop = await startShop(options);
  expect((await fetch(shop.url)).status).toBe(200);
  const port = Number(new URL(shop.url).port);
  await expect(startShop({ ...options, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await shop.close();
  await expect(fetch(shop.url)).rejects.toThrow();
});
