import type { CustomFetch } from "openid-client";
import type { OidcSettings } from "../config/config.ts";
import { quote } from "../identity/header.ts";
import { isJsonObject, type JsonObject, ownMember, parseStrictJson } from "../identity/strict-json.ts";
import { type ClientOptions, createClient, loadClient, providerFetch } from "./client.ts";
import { describeFailure, isTemporary } from "./failures.ts";
import type { Provider } from "./provider.ts";

/** What the provider's token endpoint said. */
export type TokenAnswer =
  | {
      readonly kind: "tokens";
      readonly accessToken: string;
      readonly refreshToken: string | null;
      /** Unread: nobody has verified it. */
      readonly idToken: string | null;
    }
  /** For good: the same request will not do better. `error` as in RFC 6749, section 5.2, or what stood in its place. */
  | {
      readonly kind: "refused";
      readonly error: string;
      /** It is the code or the refresh token that is no good, not we or the request (`invalid_grant`). */
      readonly isGrantInvalid: boolean;
    }
  /** It may do better later. */
  | { readonly kind: "unreachable"; readonly reason: string };

export type TokenRequest =
  | {
      readonly grantType: "authorization_code";
      readonly parameters: {
        readonly code: string;
        readonly redirect_uri: string;
        readonly code_verifier?: string;
      };
    }
  | { readonly grantType: "refresh_token"; readonly parameters: { readonly refresh_token: string } };

const maxJsonDepth = 16;

/** RFC 6749, sections 4.1.3 and 6, by openid-client: authentication of the client, form and errors are its work. */
export async function requestTokens(
  options: ClientOptions,
  provider: Provider,
  settings: OidcSettings,
  { grantType, parameters }: TokenRequest,
): Promise<TokenAnswer> {
  const client = await loadClient();
  const kept: { idToken: string | null } = { idToken: null };
  const fetch = keepIdToken(providerFetch(options), kept);
  const configuration = await createClient(options, provider, settings, fetch);
  try {
    const answer = await client.genericGrantRequest(configuration, grantType, { ...parameters });
    return {
      kind: "tokens",
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? null,
      idToken: kept.idToken,
    };
  } catch (error) {
    const { reason, report } = describeFailure(error);
    if (isTemporary(error)) {
      options.unreachable(settings, report);
      return { kind: "unreachable", reason };
    }
    if (error instanceof client.ResponseBodyError)
      return {
        kind: "refused",
        error: quote(error.error),
        isGrantInvalid: error.error === "invalid_grant",
      };
    const isChallenge = error instanceof client.WWWAuthenticateChallengeError;
    const refusal = isChallenge ? "it does not take our client id and secret" : reason;
    return { kind: "refused", error: refusal, isGrantInvalid: false };
  }
}

/**
 * The ID token is taken out of the answer before openid-client sees it. Two judges with different rules and codes, of
 * whom the more lenient one speaks first, are worse than one: the library does not check the signature here, reads its
 * own clock, and takes thirty seconds of tolerance.
 */
function keepIdToken(fetch: CustomFetch, kept: { idToken: string | null }): CustomFetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.status !== 200) return response;
    const text = await response.text();
    const { status, headers } = response;
    const body = readObject(text);
    const { id_token: _, ...rest } = body;
    const idToken = ownMember(body, "id_token");
    kept.idToken = typeof idToken === "string" ? idToken : null;
    return new Response(JSON.stringify(rest), { status, headers });
  };
}

/** @throws Error where it is not JSON as it has to be, without members that stand there twice */
function readObject(text: string): JsonObject {
  const value = parseStrictJson(text, maxJsonDepth);
  if (isJsonObject(value)) return value;
  throw new Error("The token endpoint's answer is not a JSON object.");
}
