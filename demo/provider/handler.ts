import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import Provider, { type Configuration } from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";
import { communities } from "../demo-config.ts";
import { findCustomer } from "../shop/customers.ts";
import { signedOutPage, signInPage, signOutPage, troublePage } from "./pages.ts";

/** The one client: the companion, and the shop's pages, which hand it their codes. */
export interface ProviderClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** As browsers see them. */
  readonly companionUrl: string;
  readonly shopUrl: string;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const hour = 3600;
const day = 24 * hour;

const signInPath = /^\/sign-in\/([\w-]{1,64})$/;
/** `customer=ada` and little else. */
const maxFormBytes = 1024;

/** @param url the issuer */
export function createProviderHandler(url: string, client: ProviderClient): Handler {
  const provider = new Provider(url, configuration(client));
  const standard = provider.callback();

  /** The customer has no password here: the button that was pressed says who it is. */
  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt } = await provider.interactionDetails(request, response);
    if (request.method !== "POST") {
      sendPage(response, signInPage(prompt.name === "login"));
      return;
    }
    const customer = findCustomer(new URLSearchParams(await readForm(request)).get("customer") ?? "");
    const result = customer
      ? { login: { accountId: customer.id } }
      : { error: "access_denied", error_description: "The customer did not sign in." };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  return (request, response) => {
    const { pathname } = new URL(request.url ?? "/", url);
    if (!signInPath.test(pathname)) {
      standard(request, response);
      return;
    }
    signIn(request, response).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : "unknown reason";
      sendPage(response, troublePage(reason), 400);
    });
  };
}

function configuration({ clientId, clientSecret, companionUrl, shopUrl }: ProviderClient): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${companionUrl}/oidc/callback`, `${shopUrl}/oidc/callback`],
        post_logout_redirect_uris: [`${shopUrl}/`],
        response_types: ["code"],
        grant_types: ["authorization_code", "refresh_token"],
        backchannel_logout_uri: `${companionUrl}/api/v1/oidc/backchannel-logout/${communities.sso}`,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [signingKey()] },
    adapter: createMemoryAdapter(0),
    fetch: fetchUnguarded,
    ttl: {
      AccessToken: hour,
      IdToken: hour,
      Interaction: hour,
      Grant: day,
      Session: day,
      RefreshToken: day,
    },
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    // Name and address in the ID token itself.
    conformIdTokenClaims: false,
    claims: {
      openid: ["sub"],
      profile: ["name"],
      email: ["email", "email_verified"],
      phone: ["phone_number"],
    },
    scopes: ["openid", "offline_access"],
    pkce: { required: () => true },
    issueRefreshToken: async (_context, { clientId: id }) => id === clientId,
    findAccount: async (_context, id) => {
      const customer = findCustomer(id);
      if (!customer) return undefined;
      const { name, email, phone: phone_number } = customer;
      return {
        accountId: id,
        claims: async () => ({ sub: id, name, email, email_verified: true, phone_number }),
      };
    },
    // One client, the company's own: nobody is asked whether it may know the customer.
    loadExistingGrant: async ({ oidc }) => {
      const { session, client, provider } = oidc;
      if (!session?.accountId || !client) return undefined;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope("openid profile email phone offline_access");
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = signOutPage(form);
        },
        postLogoutSuccessSource: (context) => {
          context.body = signedOutPage(shopUrl);
        },
      },
    },
    renderError: (context, { error, error_description }) => {
      context.type = "html";
      context.body = troublePage(`${error}${error_description ? `: ${error_description}` : ""}`);
    },
  };
}

/** The provider keeps itself from inner addresses by a dispatcher; the companion of the demo is nowhere else. */
const fetchUnguarded: NonNullable<Configuration["fetch"]> = (url, options) => {
  const { dispatcher: _, ...rest } = options as RequestInit & { readonly dispatcher?: unknown };
  return fetch(url, rest);
};

function signingKey(): object {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    ...privateKey.export({ format: "jwk" }),
    alg: "RS256",
    use: "sig",
    kid: randomBytes(8).toString("hex"),
  };
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > maxFormBytes) throw new Error("The form is too large.");
  }
  return text;
}

function sendPage(response: ServerResponse, page: string, status = 200): void {
  response
    .writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
    .end(page);
}
