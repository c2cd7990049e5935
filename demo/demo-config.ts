import type { ShopKeys } from "./shop-keys.ts";

export const siteId = 10000;

/** Two messengers: one for customers, who are always signed in, and one that takes visitors as well. */
export const deployments = { customers: "acme-web", everyone: "acme-visitors" } as const;

/** The environment variable that hands the shared token to the companion, so that it stands in no file of its own. */
export const sharedTokenVariable = "ACME_SHARED_TOKEN";

export interface DemoConfigOptions {
  readonly keys: Pick<ShopKeys, "rs256" | "es256" | "shared">;
  /** Where the messenger may be embedded; by default on any port of this machine. */
  readonly allowedOrigins?: readonly string[];
}

/**
 * The companion's configuration file for the demo (`CONTRACT.md`, section 2): public keys, and the name of the variable
 * with the shared token. No private key of the shop is in it.
 */
export function demoConfig({ keys, allowedOrigins }: DemoConfigOptions): unknown {
  const community = {
    type: "messenger",
    identityClaim: "identity",
    extraValueMapping: [{ key: "plan", field: "custom.plan" }],
  };
  const deployment = {
    allowedOrigins: allowedOrigins ?? ["http://localhost:*", "http://127.0.0.1:*"],
    appearance: { title: "Acme Outdoor", accent: "#1f5f4a" },
  };
  return {
    siteId,
    communities: [
      {
        ...community,
        id: "acme",
        name: "Acme customers",
        signedIdentities: "require",
        keys: [
          { kid: keys.rs256.kid, alg: "RS256", publicKey: keys.rs256.publicKey },
          { kid: keys.shared.kid, alg: "HS256", secret: { env: sharedTokenVariable } },
        ],
      },
      {
        ...community,
        id: "acme-visitors",
        name: "Acme visitors",
        signedIdentities: "accept",
        keys: [{ kid: keys.es256.kid, alg: "ES256", publicKey: keys.es256.publicKey }],
      },
    ],
    deployments: [
      { ...deployment, id: deployments.customers, community: "acme", name: "Acme, signed-in customers" },
      { ...deployment, id: deployments.everyone, community: "acme-visitors", name: "Acme, everyone" },
    ],
  };
}
