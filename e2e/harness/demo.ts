/** The companion and Acme's shop, as `npm start` runs them, on free ports. */

import {
  communities,
  demoConfig,
  oidcClientId,
  oidcSecretVariable,
  sharedTokenVariable,
} from "../../demo/demo-config.ts";
import { startProvider } from "../../demo/provider.ts";
import { type Shop, startShop } from "../../demo/shop.ts";
import { createShopKeys } from "../../demo/shop-keys.ts";
import { type Companion, startCompanion } from "./companion.ts";

export interface Demo {
  readonly companion: Companion;
  readonly shop: Shop;
  readonly providerUrl: string;
  stop(): Promise<void>;
}

/** @param sso in place of what the configuration says of the community with an OpenID provider */
export async function startDemo(sso: Readonly<Record<string, unknown>> = {}): Promise<Demo> {
  const keys = await createShopKeys();
  const provider = await startProvider({ port: 0, host: "localhost" });
  const companion = await startCompanion({
    config: withSso(demoConfig({ keys, providerUrl: provider.url }), sso),
    env: {
      HOST: "localhost",
      VOUCH_ALLOW_LOOPBACK: "1",
      [sharedTokenVariable]: keys.shared.secret,
      [oidcSecretVariable]: keys.oidcSecret,
    },
  });
  const [companionUrl, providerUrl] = [companion.url, provider.url];
  const shop = await startShop({ companionUrl, providerUrl, port: 0, keys, host: "localhost" });
  provider.serve({ clientId: oidcClientId, clientSecret: keys.oidcSecret, companionUrl, shopUrl: shop.url });
  return {
    companion,
    shop,
    providerUrl,
    stop: async () => {
      await Promise.all([shop.close(), provider.close()]);
      await companion.stop();
    },
  };
}

function withSso(config: unknown, sso: object): unknown {
  const whole = config as { readonly communities: readonly { readonly id: string }[] };
  return {
    ...whole,
    // All the browsers of the tests come from one address; a machine that stands still for a second turns nobody away.
    limits: { sessionRequestsPerMinute: 10_000, eventLoopDelayMs: 60_000 },
    communities: whole.communities.map((community) =>
      community.id === communities.sso ? { ...community, ...sso } : community,
    ),
  };
}
