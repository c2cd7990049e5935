/** The companion and Acme's shop, as `npm start` runs them, on free ports. */

import { demoConfig, sharedTokenVariable } from "../../demo/demo-config.ts";
import { type Shop, startShop } from "../../demo/shop.ts";
import { createShopKeys } from "../../demo/shop-keys.ts";
import { type Companion, startCompanion } from "./companion.ts";

export interface Demo {
  readonly companion: Companion;
  readonly shop: Shop;
  stop(): Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const keys = await createShopKeys();
  const companion = await startCompanion({
    config: demoConfig({ keys }),
    env: { HOST: "localhost", [sharedTokenVariable]: keys.shared.secret },
  });
  const shop = await startShop({ companionUrl: companion.url, port: 0, keys, host: "localhost" });
  return {
    companion,
    shop,
    stop: async () => {
      await shop.close();
      await companion.stop();
    },
  };
}
