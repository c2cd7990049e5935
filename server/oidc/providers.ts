import type { ServerMetadata } from "openid-client";
import * as v from "valibot";
import type { Clock } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Community, OidcSettings } from "../config/config.ts";
import { documentAddress, issuerAddress } from "../config/oidc-settings.ts";
import { quote } from "../identity/header.ts";
import { type ClientOptions, loadClient, providerFetch } from "./client.ts";
import { describeFailure } from "./failures.ts";
import type { Provider } from "./provider.ts";

const refreshMs = 60 * 60 * 1000;
/** A provider that is down keeps serving by what it said last for this long. */
const staleMs = 24 * refreshMs;
const firstRetryMs = 1000;
const lastRetryMs = 60_000;

export interface Providers {
  /** @throws ProblemError `keyset_unavailable` where it can't be reached, `issuer_mismatch` where it is another one */
  of(community: Pick<Community, "id">, settings: OidcSettings): Promise<Provider>;
  /** The JWK sets of these communities' providers, as far as known; those that no community has any more are forgotten. */
  jwksUris(communities: Iterable<Pick<Community, "id" | "oidc">>): readonly string[];
}

interface Entry {
  /** Of which settings it was made: others, and the entry is another provider's. */
  readonly settings: string;
  known: { readonly provider: Provider; readonly fetchedAt: number } | null;
  failure: { readonly error: unknown; readonly retryAt: number; readonly waitMs: number } | null;
  fetching: Promise<Provider> | null;
}

const settingsOf = ({ discoveryUri, clientId }: OidcSettings): string =>
  JSON.stringify([discoveryUri, clientId]);

/** Discovery documents, each fetched when first needed, once for everybody who waits, and refreshed behind their backs. */
export function createProviders({ clock, ...options }: ClientOptions & { clock: Clock }): Providers {
  const entries = new Map<string, Entry>();

  function entryOf(communityId: string, oidc: OidcSettings): Entry {
    const settings = settingsOf(oidc);
    const entry = entries.get(communityId);
    if (entry?.settings === settings) return entry;
    const fresh: Entry = { settings, known: null, failure: null, fetching: null };
    entries.set(communityId, fresh);
    return fresh;
  }

  function fetchOnce(entry: Entry, settings: OidcSettings): Promise<Provider> {
    entry.fetching ??= discover(options, settings)
      .then(
        (provider) => {
          entry.known = { provider, fetchedAt: clock.now() };
          entry.failure = null;
          return provider;
        },
        (error: unknown) => {
          const waitMs = Math.min(entry.failure ? entry.failure.waitMs * 2 : firstRetryMs, lastRetryMs);
          entry.failure = { error, retryAt: clock.now() + waitMs, waitMs };
          throw error;
        },
      )
      .finally(() => {
        entry.fetching = null;
      });
    return entry.fetching;
  }

  return {
    async of(community, settings) {
      const entry = entryOf(community.id, settings);
      const { known, failure } = entry;
      const ageMs = known ? clock.now() - known.fetchedAt : Number.POSITIVE_INFINITY;
      const mayFetch = failure === null || clock.now() >= failure.retryAt;
      if (known && ageMs < staleMs) {
        // Whoever signs in meanwhile does not wait; the failure is kept for the next attempt's delay.
        if (ageMs >= refreshMs && mayFetch) fetchOnce(entry, settings).catch(() => {});
        return known.provider;
      }
      if (!mayFetch) throw failure.error;
      return fetchOnce(entry, settings);
    },
    jwksUris(communities) {
      const present = new Map(
        [...communities].flatMap(({ id, oidc }) => (oidc ? [[id, settingsOf(oidc)] as const] : [])),
      );
      for (const [id, { settings }] of entries) if (present.get(id) !== settings) entries.delete(id);
      return [...entries.values()].flatMap(({ known }) => (known ? [known.provider.jwksUri] : []));
    },
  };
}

const documentSchema = v.object({
  issuer: v.string(),
  jwks_uri: v.string(),
  token_endpoint: v.string(),
  authorization_endpoint: v.optional(v.string()),
  end_session_endpoint: v.optional(v.string()),
  revocation_endpoint: v.optional(v.string()),
  id_token_signing_alg_values_supported: v.optional(v.array(v.string())),
  token_endpoint_auth_methods_supported: v.optional(v.array(v.string())),
  authorization_response_iss_parameter_supported: v.optional(v.boolean()),
});

async function discover(options: ClientOptions, settings: OidcSettings): Promise<Provider> {
  const document = await fetchDocument(options, settings);
  const read = v.safeParse(documentSchema, document);
  if (!read.success)
    throw unavailable(`lacks ${read.issues.map((issue) => v.getDotPath(issue) ?? "its members").join(", ")}`);
  const { output } = read;
  // openid-client leaves this comparison out for addresses that have the usual end, and it is what keeps one tenant of a
  // provider from describing another.
  const expected = issuerAddress(settings);
  if (output.issuer.replace(/\/$/, "") !== expected)
    throw new ProblemError("issuer_mismatch", {
      detail: `The discovery document names the issuer ${quote(output.issuer)}; by its address it is that of ${quote(expected)}.`,
    });
  return {
    issuer: output.issuer,
    clientId: settings.clientId,
    jwksUri: output.jwks_uri,
    algorithms: output.id_token_signing_alg_values_supported ?? null,
    namesItselfInResponses: output.authorization_response_iss_parameter_supported ?? false,
    metadata: document,
  };
}

async function fetchDocument(options: ClientOptions, settings: OidcSettings): Promise<ServerMetadata> {
  const client = await loadClient();
  try {
    const address = documentAddress(settings);
    const configuration = await client.discovery(address, settings.clientId, undefined, client.None(), {
      [client.customFetch]: providerFetch(options),
      ...(options.allowLoopback && { execute: [client.allowInsecureRequests] }),
    });
    return { ...configuration.serverMetadata() };
  } catch (cause) {
    const { reason, report } = describeFailure(cause);
    options.unreachable(settings, report);
    throw unavailable(`can't be read: ${reason}`, cause);
  }
}

const unavailable = (fault: string, cause?: unknown): ProblemError =>
  new ProblemError("keyset_unavailable", {
    detail: `The discovery document of the community's OpenID provider ${fault}.`,
    cause,
  });
