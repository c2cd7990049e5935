/** The certified provider of the package oidc-provider, in this process. Whoever asks it is signed in without a question. */

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider, { type Configuration } from "oidc-provider";
import { clientId, clientSecret } from "./breaking-provider.ts";
import { type Listening, listenOnLoopback } from "./listen.ts";

export const pageRedirectUri = "https://www.acme.example/callback";

export interface RealProvider extends Listening {
  readonly discoveryUri: string;
  /** The client is registered once the companion's address is known. */
  register(companionUrl: string, community: string): void;
  /** Whom the provider signs in next. */
  customer: string;
  /** Names of the events of `oidc-provider` so far: `refresh_token.consumed`, `grant.revoked`. */
  readonly events: readonly string[];
}

const recorded = [
  "refresh_token.saved",
  "refresh_token.consumed",
  "refresh_token.destroyed",
  "grant.revoked",
  "grant.error",
  "backchannel.success",
  "backchannel.error",
] as const;

export async function startRealProvider(): Promise<RealProvider> {
  const server = createServer();
  const listening = await listenOnLoopback(server);
  const events: string[] = [];
  const real: RealProvider = {
    ...listening,
    discoveryUri: `${listening.url}/.well-known/openid-configuration`,
    customer: "ada",
    events,
    register(companionUrl, community) {
      const provider = new Provider(listening.url, configuration(companionUrl, community));
      for (const event of recorded)
        provider.on(event as "grant.revoked", (...details: unknown[]) => {
          const error = details.find((detail) => detail instanceof Error);
          events.push(error ? `${event}: ${error.message}` : event);
        });
      const standard = provider.callback();
      server.on("request", (request: IncomingMessage, response: ServerResponse) => {
        if (!request.url?.startsWith("/sign-in/")) return standard(request, response);
        const result = { login: { accountId: real.customer } };
        void provider.interactionFinished(request, response, result);
      });
    },
  };
  return real;
}

function configuration(companionUrl: string, community: string): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${companionUrl}/oidc/callback`, pageRedirectUri],
        response_types: ["code"],
        grant_types: ["authorization_code", "refresh_token"],
        backchannel_logout_uri: `${companionUrl}/api/v1/oidc/backchannel-logout/${community}`,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    findAccount: async (_context, accountId) => ({
      accountId,
      claims: async () => ({
        sub: accountId,
        name: accountId,
        email: `${accountId}@acme.example`,
        email_verified: true,
      }),
    }),
    // Nobody is asked for consent.
    async loadExistingGrant({ oidc }) {
      const { session, client, provider } = oidc;
      if (!session?.accountId || !client) return undefined;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope("openid email profile offline_access");
      await grant.save();
      return grant;
    },
    fetch: fetchUnguarded,
    interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
  };
}

/** The provider keeps itself from inner addresses by a dispatcher; the companion of a test is nowhere else. */
const fetchUnguarded: NonNullable<Configuration["fetch"]> = (url, options) => {
  const { dispatcher: _, ...rest } = options as RequestInit & { readonly dispatcher?: unknown };
  return fetch(url, rest);
};

function signingKey(): object {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig", kid: "real" };
}
