/** OpenID Connect as the rest of the server sees it: a community in front, its provider behind. */

import { ProblemError } from "../../shared/problem-error.ts";
import type { IdentityAssertion } from "../../shared/protocol.ts";
import type { Community, Deployment } from "../config/config.ts";
import type { SessionGrant } from "../store/store.ts";
import { type ProviderLogout, refuseLogoutToken, verifyLogoutToken } from "./logout-token.ts";
import { createProviders, type Providers } from "./providers.ts";
import { openGrant } from "./refresh-grant.ts";
import { revokeToken } from "./revocation-endpoint.ts";
import {
  type AuthorizationResponse,
  createSignInFlow,
  type RecognisedSignIn,
  type StartedSignIn,
} from "./sign-in-flow.ts";
import {
  acceptIdToken,
  exchangeCode,
  type ProviderPlace,
  type Renewal,
  renewSignIn,
  type SignedIn,
  type SignInDependencies,
} from "./sign-ins.ts";

const oidcMethods = [
  "oidcCode",
  "idToken",
  "signInTicket",
] as const satisfies readonly IdentityAssertion["type"][];

export type OidcAssertion = Extract<IdentityAssertion, { type: (typeof oidcMethods)[number] }>;

/** An OpenID provider vouched for a session of this method. */
export const isOidcMethod = (method: IdentityAssertion["type"]): boolean =>
  oidcMethods.some((oidcMethod) => oidcMethod === method);

/** Every call of a community without a provider is refused with `oidc_exchange_failed`. */
export interface Oidc {
  /** @throws ProblemError with an identity code; `keyset_unavailable`, `unavailable` where the provider is down */
  signIn(assertion: OidcAssertion, deployment: Deployment, community: Community): Promise<SignedIn>;
  /** For reports on tokens. */
  readonly providerOf: Providers["of"];
  /** @throws ProblemError as `signIn`, and `identity_changed` */
  renew(grant: SessionGrant, community: Community): Promise<Renewal>;
  /**
   * Revokes the refresh token at the provider.
   * @returns whether it is done with: false, and it is worth another attempt
   */
  revoke(sealedRefreshToken: string, community: Community): Promise<boolean>;
  /** Where a browser signs out of the provider (OpenID Connect RP-Initiated Logout 1.0); null where it can't be told. */
  endSessionUrl(community: Community): Promise<string | null>;
  /** @throws ProblemError with an identity code */
  readLogoutToken(token: string, community: Community): Promise<ProviderLogout>;
  /** The companion's own sign-in: where the pop-up goes. */
  startSignIn(deployment: Deployment, community: Community): Promise<StartedSignIn>;
  /** @throws ProblemError `request_invalid`: not started here, not by this browser, or too long ago */
  recogniseSignIn(state: string, secretOf: (flowId: string) => string | null): RecognisedSignIn;
  /** @returns a ticket for `POST /sessions` */
  finishSignIn(
    signIn: RecognisedSignIn,
    response: AuthorizationResponse,
    community: Community,
  ): Promise<string>;
  /**
   * What `readLogoutToken` says of a token whose key nobody has, for a community that has no provider or is none: a
   * stranger must not learn by logout tokens who has one.
   */
  refuseLogoutToken(token: string): never;
  /** The JWK sets of these communities' providers, to keep fresh; others are forgotten. */
  jwksUris(communities: Iterable<Pick<Community, "id" | "oidc">>): readonly string[];
}

export interface OidcDependencies extends SignInDependencies {
  readonly randomBytes: (size: number) => Uint8Array;
  /** Where browsers reach this server: known once it listens. */
  readonly publicOrigin: () => string;
}

export const callbackPath = "/oidc/callback";

export function createOidc(deps: OidcDependencies): Oidc {
  const { publicOrigin, sealer, clock, allowLoopback } = deps;
  const providers = createProviders(deps);
  const flow = createSignInFlow({ ...deps, redirectUri: () => publicOrigin() + callbackPath });

  async function placeOf(community: Community): Promise<ProviderPlace> {
    const settings = community.oidc;
    if (!settings)
      throw new ProblemError("oidc_exchange_failed", { detail: "The community has no OpenID provider." });
    return { provider: await providers.of(community, settings), community, settings };
  }

  return {
    async signIn(assertion, deployment, community) {
      const place = await placeOf(community);
      switch (assertion.type) {
        case "oidcCode":
          return exchangeCode(deps, place, assertion);
        case "idToken":
          return acceptIdToken(deps, place, assertion);
        case "signInTicket":
          return exchangeCode(deps, place, flow.openTicket(assertion.ticket, deployment, place.provider));
      }
    },

    providerOf: providers.of,

    renew: async (grant, community) => renewSignIn(deps, await placeOf(community), grant),

    async revoke(sealedRefreshToken, community) {
      if (!community.oidc) return true;
      try {
        const place = await placeOf(community);
        const grant = openGrant(sealer, place.provider, sealedRefreshToken);
        // What is another provider's, or can't be opened any more, nobody can revoke.
        return grant === null || (await revokeToken(deps, place, grant.refreshToken));
      } catch (error) {
        if (error instanceof ProblemError) return false;
        throw error;
      }
    },

    async endSessionUrl(community) {
      try {
        const { provider, settings } = await placeOf(community);
        const endpoint = URL.parse(provider.metadata.end_session_endpoint ?? "");
        // It becomes the address of the host page's next navigation.
        const schemes = allowLoopback ? ["https:", "http:"] : ["https:"];
        if (!endpoint || !schemes.includes(endpoint.protocol)) return null;
        endpoint.searchParams.set("client_id", settings.clientId);
        return endpoint.href;
      } catch (error) {
        if (error instanceof ProblemError) return null;
        throw error;
      }
    },

    readLogoutToken: async (token, community) =>
      verifyLogoutToken(deps, token, await placeOf(community), clock.now()),

    refuseLogoutToken: (token) => refuseLogoutToken(deps, token),

    async startSignIn(deployment, community) {
      const { provider, settings } = await placeOf(community);
      return flow.start({ deployment, settings }, provider);
    },

    recogniseSignIn: flow.recognise,

    finishSignIn: async (signIn, response, community) =>
      flow.ticketFor(signIn, response, (await placeOf(community)).provider),

    jwksUris: providers.jwksUris,
  };
}
