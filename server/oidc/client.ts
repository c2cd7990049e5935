import type { ClientAuth, Configuration, CustomFetch } from "openid-client";
import type { OidcSettings } from "../config/config.ts";
import { asFetch } from "../outbound/as-fetch.ts";
import type { GuardedFetch } from "../outbound/guarded-fetch.ts";
import type { Provider } from "./provider.ts";

/** How the provider's endpoints are reached. */
export interface ClientOptions {
  readonly fetch: GuardedFetch;
  /** `VOUCH_ALLOW_LOOPBACK=1`: http too. */
  readonly allowLoopback: boolean;
  /** Told why a provider could not be reached: for operators only, since it may tell of the network. */
  readonly unreachable: (settings: OidcSettings, reason: string) => void;
}

/** No token or discovery document comes near it. */
const maxBytes = 128 * 1024;
const timeoutMs = 5000;

/** Loaded when the first community needs it: a server whose customers bring Contact JWTs starts without it. */
export const loadClient = () => import("openid-client");

export function providerFetch({ fetch }: ClientOptions): CustomFetch {
  const guarded = asFetch(fetch, { maxBytes, timeoutMs });
  return (url, { method, headers, body, signal }) =>
    guarded(url, { method, headers, ...(body != null && { body }), ...(signal && { signal }) });
}

/** A client made for one call: its fetch may keep what that one call is answered with. */
export async function createClient(
  { allowLoopback }: ClientOptions,
  { metadata }: Provider,
  settings: OidcSettings,
  fetch: CustomFetch,
): Promise<Configuration> {
  const client = await loadClient();
  const configuration = new client.Configuration(
    metadata,
    settings.clientId,
    undefined,
    authentication(client, settings, metadata.token_endpoint_auth_methods_supported),
  );
  configuration[client.customFetch] = fetch;
  if (allowLoopback) client.allowInsecureRequests(configuration);
  return configuration;
}

/**
 * `client_secret_basic` where the provider names no method (OpenID Connect Discovery 1.0, section 3), and wherever it
 * takes it: bodies are logged more often than headers.
 */
function authentication(
  client: Pick<typeof import("openid-client"), "None" | "ClientSecretBasic" | "ClientSecretPost">,
  { clientSecret }: OidcSettings,
  methods: readonly string[] = ["client_secret_basic"],
): ClientAuth {
  if (clientSecret === null) return client.None();
  const usePost = !methods.includes("client_secret_basic") && methods.includes("client_secret_post");
  return usePost ? client.ClientSecretPost(clientSecret) : client.ClientSecretBasic(clientSecret);
}
