import type { ShopKeys } from "./shop-keys.ts";

export const siteId = 10000;

/** Three messengers: for customers, who are always signed in; for visitors as well; for customers with an Acme ID. */
export const deployments = { customers: "acme-web", everyone: "acme-visitors", sso: "acme-sso" } as const;

export const communities = { customers: "acme", everyone: "acme-visitors", sso: "acme-sso" } as const;

/** The companion at the demo's OpenID provider. */
export const oidcClientId = "vouch";

/** The environment variable that hands the shared token to the companion, so that it stands in no file of its own. */
export const sharedTokenVariable = "ACME_SHARED_TOKEN";
/** The same for the client's secret at the provider. */
export const oidcSecretVariable = "ACME_OIDC_SECRET";

export interface DemoConfigOptions {
  readonly keys: Pick<ShopKeys, "rs256" | "es256" | "shared">;
  /** The provider's issuer. */
  readonly providerUrl: string;
  /** Where the messenger may be embedded; by default on any port of this machine. */
  readonly allowedOrigins?: readonly string[];
}

/**
 * The companion's configuration file for the demo (`docs/configuration.md`): public keys, and the name of the variable
 * with the shared token. No private key of the shop is in it.
 */
export function demoConfig({ keys, providerUrl, allowedOrigins }: DemoConfigOptions): unknown {
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
        id: communities.customers,
        name: "Acme customers",
        signedIdentities: "require",
        keys: [
          { kid: keys.rs256.kid, alg: "RS256", publicKey: keys.rs256.publicKey },
          { kid: keys.shared.kid, alg: "HS256", secret: { env: sharedTokenVariable } },
        ],
      },
      {
        ...community,
        id: communities.everyone,
        name: "Acme visitors",
        signedIdentities: "accept",
        keys: [{ kid: keys.es256.kid, alg: "ES256", publicKey: keys.es256.publicKey }],
      },
      {
        ...community,
        id: communities.sso,
        name: "Acme ID",
        signedIdentities: "accept",
        oidc: {
          name: "acme-id",
          discoveryUri: `${providerUrl}/.well-known/openid-configuration`,
          clientId: oidcClientId,
          clientSecret: { env: oidcSecretVariable },
          scope: "openid profile email phone offline_access",
        },
      },
    ],
    deployments: [
      {
        ...deployment,
        id: deployments.customers,
        community: communities.customers,
        name: "Acme, signed-in customers",
      },
      { ...deployment, id: deployments.everyone, community: communities.everyone, name: "Acme, everyone" },
      { ...deployment, id: deployments.sso, community: communities.sso, name: "Acme, Acme ID" },
    ],
  };
}
