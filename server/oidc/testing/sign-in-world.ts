/** One community with a provider that can be broken, real fetches of this machine, and a clock that is turned by hand. */

import { randomBytes } from "node:crypto";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Community, Deployment, OidcSettings } from "../../config/config.ts";
import { parseConfig } from "../../config/load.ts";
import { createSealer } from "../../config/secret.ts";
import { importJwk } from "../../identity/jwk.ts";
import { type JwkSets, noJwkSets } from "../../identity/jwk-sets.ts";
import { createGuardedFetch } from "../../outbound/create-guarded-fetch.ts";
import { createProviders } from "../providers.ts";
import { createSignInFlow } from "../sign-in-flow.ts";
import type { ProviderPlace, SignInDependencies } from "../sign-ins.ts";
import { clientId, clientSecret, startBreakingProvider } from "./breaking-provider.ts";

export const companion = "https://chat.acme.example";

export async function startSignInWorld(communityMembers: object = {}) {
  let now = Date.UTC(2026, 10, 21, 9, 30);
  const clock = { now: () => now };
  const provider = await startBreakingProvider(clock);
  const config = await parseConfig(
    {
      communities: [
        {
          id: "acme",
          oidc: { name: "sso", discoveryUri: provider.discoveryUri, clientId, clientSecret },
          ...communityMembers,
        },
      ],
      deployments: ["acme-web", "acme-app"].map((id) => ({
        id,
        community: "acme",
        name: id,
        allowedOrigins: [],
      })),
    },
    { VOUCH_ALLOW_LOOPBACK: "1" },
    clock,
  );
  const fetch = createGuardedFetch({ allowLoopback: true });
  const sealer = createSealer("a secret of the tests, long enough, of no value");
  /** What operators were told. */
  const reports: string[] = [];
  const deps: SignInDependencies = {
    fetch,
    allowLoopback: true,
    unreachable: (_settings, reason) => void reports.push(reason),
    sealer,
    clock,
    limits: config.limits,
    jwkSets: plainJwkSets(),
  };
  const community = config.communities.get("acme") as Community & { oidc: OidcSettings };
  const providers = createProviders(deps);
  const redirectUri = `${companion}/oidc/callback`;
  return {
    ...deps,
    deps,
    reports,
    provider,
    providers,
    community,
    settings: community.oidc,
    deployment: config.deployments.get("acme-web") as Deployment,
    otherDeployment: config.deployments.get("acme-app") as Deployment,
    redirectUri,
    flow: createSignInFlow({ ...deps, randomBytes, redirectUri: () => redirectUri }),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    place: async (): Promise<ProviderPlace> => ({
      provider: await providers.of(community, community.oidc),
      community,
      settings: community.oidc,
    }),
  };

  /** Fetched each time: how sets are cached is tested where they are. */
  function plainJwkSets(): JwkSets {
    return {
      ...noJwkSets,
      async find({ urls, kid, alg }) {
        for (const url of urls) {
          const { body } = await fetch(url, { maxBytes: 10_000, timeoutMs: 1000 });
          const { keys } = JSON.parse(body.toString("utf8")) as { keys: unknown[] };
          for (const jwk of keys) {
            const key = await importJwk(jwk, now);
            if (key.kid !== kid) continue;
            if (key.alg !== alg) throw new ProblemError("algorithm_not_allowed");
            return key;
          }
        }
        return null;
      },
    };
  }
}

export type SignInWorld = Awaited<ReturnType<typeof startSignInWorld>>;
