import { hash } from "node:crypto";
import type { Clock } from "../../shared/clock.ts";
import type { Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { IdentityAssertion } from "../../shared/protocol.ts";
import type { Community, OidcSettings } from "../config/config.ts";
import type { Sealer } from "../config/secret.ts";
import { platformKey, type VerifiedIdentity } from "../identity/identity.ts";
import type { JwkSets } from "../identity/jwk-sets.ts";
import type { SessionGrant } from "../store/store.ts";
import type { ClientOptions } from "./client.ts";
import { type IdTokenOrigin, type VerifiedIdToken, verifyIdToken } from "./id-token.ts";
import type { Provider } from "./provider.ts";
import { openGrant, sealGrant } from "./refresh-grant.ts";
import { checkResponseIssuer } from "./response-issuer.ts";
import { requestTokens, type TokenAnswer, type TokenRequest } from "./token-endpoint.ts";

export type CodeAssertion = Omit<Extract<IdentityAssertion, { type: "oidcCode" }>, "type">;
export type IdTokenAssertion = Omit<Extract<IdentityAssertion, { type: "idToken" }>, "type">;

/** A community's provider, found. */
export interface ProviderPlace {
  readonly provider: Provider;
  readonly community: Community;
  readonly settings: OidcSettings;
}

export interface SignedIn {
  readonly identity: VerifiedIdentity;
  /** What the session keeps for renewing and ending together with the provider. */
  readonly grant: SessionGrant;
}

export type Renewal =
  | {
      readonly kind: "renewed";
      /** `token` null: the provider gave no new ID token, and nothing more was learned of the customer. */
      readonly identity: Omit<VerifiedIdentity, "token"> & {
        readonly token: VerifiedIdentity["token"] | null;
      };
      readonly grant: SessionGrant;
    }
  /** Not now; but the refresh token has been replaced, and the old one is worth nothing any more. */
  | { readonly kind: "rotated"; readonly sealedRefreshToken: string; readonly problem: ProblemError }
  /** The provider takes the refresh token no more; there is no use in keeping it. */
  | { readonly kind: "over"; readonly problem: ProblemError };

export interface SignInDependencies extends ClientOptions {
  readonly jwkSets: JwkSets;
  readonly limits: Limits;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** @throws ProblemError with an identity code; `unavailable` where the provider can't be reached */
export async function exchangeCode(
  deps: SignInDependencies,
  place: ProviderPlace,
  { code, redirectUri, codeVerifier, nonce, maxAgeSeconds, iss }: CodeAssertion,
): Promise<SignedIn> {
  checkResponseIssuer(iss ?? null, place.provider, false);
  const tokens = await requireTokens(deps, place, {
    grantType: "authorization_code",
    parameters: {
      code,
      redirect_uri: redirectUri,
      ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
    },
  });
  if (tokens.idToken === null)
    throw exchangeFailed("The OpenID provider answered without an ID token: ask for the scope openid.");
  const verified = await verify(deps, place, tokens.idToken, {
    kind: "exchanged",
    code,
    accessToken: tokens.accessToken,
    nonce: nonce ?? null,
    maxAgeSeconds: maxAgeSeconds ?? null,
    singleUseId: `code:${hash("sha256", code)}`,
  });
  return signedIn(deps, place, verified, tokens.refreshToken);
}

/** @throws ProblemError with an identity code */
export async function acceptIdToken(
  deps: SignInDependencies,
  place: ProviderPlace,
  { token, nonce }: IdTokenAssertion,
): Promise<SignedIn> {
  const verified = await verify(deps, place, token, { kind: "presented", nonce: nonce ?? null });
  return signedIn(deps, place, verified, null);
}

/**
 * OpenID Connect Core 1.0, section 12: the refresh token renews the sign-in, with a new ID token or without.
 * @throws ProblemError as `exchangeCode`, and `identity_changed`
 */
export async function renewSignIn(
  deps: SignInDependencies,
  place: ProviderPlace,
  { sealedRefreshToken, providerSession }: SessionGrant,
): Promise<Renewal> {
  const { provider, community, settings } = place;
  const grant = sealedRefreshToken === null ? null : openGrant(deps.sealer, provider, sealedRefreshToken);
  if (!grant)
    return { kind: "over", problem: exchangeFailed("The session holds no refresh token of this provider.") };
  const answer = await requestTokens(deps, provider, settings, {
    grantType: "refresh_token",
    parameters: { refresh_token: grant.refreshToken },
  });
  if (answer.kind !== "tokens") {
    const problem = failureOf(answer, "refresh token");
    if (answer.kind === "refused" && answer.isGrantInvalid) return { kind: "over", problem };
    throw problem;
  }
  const original = grant.facts;
  // RFC 6749, section 6: no new refresh token means that the old one stays.
  const refreshToken = answer.refreshToken ?? grant.refreshToken;
  const sealed = sealGrant(deps.sealer, provider, refreshToken, original);
  if (answer.idToken === null) {
    const { id: communityId } = community;
    const identity = {
      communityId,
      authId: settings.name,
      identity: original.sub,
      platformKey: platformKey(communityId, settings.name, original.sub),
      fields: {},
      preview: false,
      warnings: [],
      token: null,
    };
    return { kind: "renewed", identity, grant: { sealedRefreshToken: sealed, providerSession } };
  }
  const origin = { kind: "refreshed", accessToken: answer.accessToken, original } as const;
  let verified: VerifiedIdToken;
  try {
    verified = await verify(deps, place, answer.idToken, origin);
  } catch (problem) {
    // The provider's keys may be out of reach for a moment. What came for another customer is not kept for this one.
    const isKept = problem instanceof ProblemError && problem.code !== "identity_changed";
    if (!isKept || sealed === null || answer.refreshToken === null) throw problem;
    return { kind: "rotated", sealedRefreshToken: sealed, problem };
  }
  return {
    kind: "renewed",
    identity: verified.identity,
    grant: { sealedRefreshToken: sealed, providerSession: verified.providerSession ?? providerSession },
  };
}

const verify = (
  { jwkSets, limits, clock }: SignInDependencies,
  place: ProviderPlace,
  idToken: string,
  origin: IdTokenOrigin,
): Promise<VerifiedIdToken> => verifyIdToken({ jwkSets, limits }, idToken, origin, place, clock.now());

const signedIn = (
  { sealer }: SignInDependencies,
  { provider }: ProviderPlace,
  { identity, facts, providerSession }: VerifiedIdToken,
  refreshToken: string | null,
): SignedIn => ({
  identity,
  grant: { sealedRefreshToken: sealGrant(sealer, provider, refreshToken, facts), providerSession },
});

async function requireTokens(
  deps: SignInDependencies,
  { provider, settings }: ProviderPlace,
  request: TokenRequest,
): Promise<Extract<TokenAnswer, { kind: "tokens" }>> {
  const answer = await requestTokens(deps, provider, settings, request);
  if (answer.kind === "tokens") return answer;
  throw failureOf(answer, "code");
}

function failureOf(
  answer: Exclude<TokenAnswer, { kind: "tokens" }>,
  what: "code" | "refresh token",
): ProblemError {
  if (answer.kind === "refused")
    return exchangeFailed(`The OpenID provider refused the ${what}: ${answer.error}.`);
  return new ProblemError("unavailable", {
    detail: `The OpenID provider did not answer: ${answer.reason}.`,
  });
}

const exchangeFailed = (detail: string): ProblemError => new ProblemError("oidc_exchange_failed", { detail });
