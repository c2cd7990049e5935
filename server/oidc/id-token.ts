import { timestamp } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Community, OidcSettings } from "../config/config.ts";
import { type CompactToken, tokenHash } from "../identity/compact.ts";
import { quote } from "../identity/header.ts";
import {
  platformKey,
  providerSessionMark,
  type TokenUse,
  type VerifiedIdentity,
} from "../identity/identity.ts";
import { type JsonObject, ownMember } from "../identity/strict-json.ts";
import { readIdentity } from "../identity/subject.ts";
import { checkTimes, showSeconds, type TokenTimes } from "../identity/time-claims.ts";
import { readClaims } from "./claims.ts";
import { checkAuthorizedParty, checkClient, checkProvider } from "./parties.ts";
import type { Provider } from "./provider.ts";
import { readSignedToken, type SignedToken, type TokenChecks } from "./signed-token.ts";
import { checkHashClaim } from "./token-hash-claims.ts";

/** An ID token straight from the token endpoint was made for this very request. */
const freshSeconds = 600;

/** How the ID token came here, and so what it has to agree with. */
export type IdTokenOrigin =
  | {
      readonly kind: "exchanged";
      readonly code: string;
      readonly accessToken: string;
      readonly nonce: string | null;
      readonly maxAgeSeconds: number | null;
      readonly singleUseId: string;
    }
  /** The page passed it. */
  | { readonly kind: "presented"; readonly nonce: string | null }
  /** The answer to a refresh token: OpenID Connect Core 1.0, section 12.2. */
  | { readonly kind: "refreshed"; readonly accessToken: string; readonly original: SignInFacts };

/** What every later ID token of the same sign-in has to repeat. */
export interface SignInFacts {
  readonly sub: string;
  readonly authTimeSeconds: number | null;
  readonly nonce: string | null;
}

export interface VerifiedIdToken {
  readonly identity: VerifiedIdentity;
  readonly facts: SignInFacts;
  /** `sid`: the provider's own session, which a back-channel logout may name. */
  readonly providerSession: string | null;
}

/**
 * The gate of ID tokens: the steps of `server/identity/gate.ts` with an OpenID provider's keys and rules. openid-client
 * hands the token over unread (`token-endpoint.ts`), so that nobody else's leniency decides anything.
 *
 * @param nowMs milliseconds since 1970-01-01 UTC
 * @throws ProblemError with an identity code of `shared/problems.ts`
 */
export async function verifyIdToken(
  checks: TokenChecks,
  token: string,
  origin: IdTokenOrigin,
  { provider, community, settings }: { provider: Provider; community: Community; settings: OidcSettings },
  nowMs: number,
): Promise<VerifiedIdToken> {
  const signed = await readSignedToken(checks, token, "JWT", provider, community.id);
  const { compact, payload } = signed;
  const times = checkTimes(payload, community, nowMs);
  const issuedAtSeconds = readIssuedAt(times.issuedAtSeconds, origin, community, nowMs);
  refuseLogoutToken(payload);
  checkProvider(payload, provider);
  checkClient(payload, provider);
  checkAuthorizedParty(payload, provider);
  checkNonce(payload, origin);
  const authTimeSeconds = readAuthTime(payload, origin, community, nowMs);
  checkHashes(signed, origin);
  const sub = readIdentity(payload, "sub");
  if (origin.kind === "refreshed" && sub !== origin.original.sub)
    throw new ProblemError("identity_changed", {
      detail: "The OpenID provider renewed the sign-in with another customer's ID token.",
    });
  return {
    identity: {
      communityId: community.id,
      authId: settings.name,
      identity: sub,
      platformKey: platformKey(community.id, settings.name, sub),
      ...readClaims(payload, community, checks.limits),
      preview: false,
      token: idTokenUse(compact, { ...times, issuedAtSeconds }, origin, { community, settings }),
    },
    facts: { sub, authTimeSeconds, nonce: readText(payload, "nonce") },
    providerSession: readText(payload, "sid"),
  };
}

/** What revocation and replay are asked about. */
export function idTokenUse(
  { text, payload }: Pick<CompactToken, "text" | "payload">,
  times: TokenTimes,
  origin: IdTokenOrigin,
  { community, settings }: { readonly community: Community; readonly settings: OidcSettings },
): TokenUse {
  const sha256 = tokenHash({ text });
  const sid = readText(payload, "sid");
  return {
    hashes: [sha256],
    ...times,
    singleUseId: singleUse(origin, sha256, community),
    ...(sid !== null && { providerSessionMark: providerSessionMark(community.id, settings.name, sid) }),
  };
}

/** The provider takes a code once; where it forgets to, we do not. An ID token that a page passes has no code. */
function singleUse(origin: IdTokenOrigin, sha256: string, community: Community): string | null {
  if (origin.kind === "exchanged") return origin.singleUseId;
  return origin.kind === "presented" && community.singleUseTokens ? `idToken:${sha256}` : null;
}

/**
 * Step 10.
 * @param iat null: the token has none
 * @throws ProblemError `token_malformed`, `token_expired`
 */
export function readIssuedAt(
  iat: number | null,
  origin: IdTokenOrigin,
  { maxTokenLifetimeSeconds }: Community,
  nowMs: number,
): number {
  if (iat === null) throw new ProblemError("token_malformed", { detail: "The ID token has no iat." });
  const maxAgeSeconds = origin.kind === "presented" ? maxTokenLifetimeSeconds : freshSeconds;
  if (iat * 1000 < nowMs - maxAgeSeconds * 1000)
    throw new ProblemError("token_expired", {
      detail: `The ID token is of ${showSeconds(iat)}; it is ${timestamp(nowMs)} here, and at most ${maxAgeSeconds} s may lie between the two.`,
    });
  return iat;
}

/**
 * A provider that leaves `typ` out of its logout tokens signs, with the same key and for the same audience, what would
 * otherwise do as an ID token (OpenID Connect Back-Channel Logout 1.0, section 4).
 */
export function refuseLogoutToken(payload: JsonObject): void {
  if (Object.hasOwn(payload, "events"))
    throw new ProblemError("type_not_allowed", {
      detail: "The token has events, as logout tokens have; expected an ID token.",
    });
}

/** Steps 11 of section 3.1.3.7. A nonce that nobody here asked for is of another sign-in, perhaps somebody else's. */
export function checkNonce(payload: JsonObject, origin: IdTokenOrigin): void {
  const found = ownMember(payload, "nonce");
  if (origin.kind === "refreshed" && found === undefined) return;
  const expected = (origin.kind === "refreshed" ? origin.original.nonce : origin.nonce) ?? undefined;
  if (found === expected) return;
  throw new ProblemError("oidc_nonce_mismatch", {
    detail:
      expected === undefined
        ? "The ID token has a nonce, and the request names none: pass the one that the provider was sent."
        : `The ID token's nonce is ${found === undefined ? "missing" : "not the one of the request"}.`,
  });
}

/** Steps 12 and 13, and section 12.2: renewing a sign-in does not make it younger. */
export function readAuthTime(
  payload: JsonObject,
  origin: IdTokenOrigin,
  { clockSkewSeconds }: Community,
  nowMs: number,
): number | null {
  const found = ownMember(payload, "auth_time");
  const maxAgeSeconds = origin.kind === "exchanged" ? origin.maxAgeSeconds : null;
  if (found === undefined && maxAgeSeconds === null) return null;
  if (!Number.isInteger(found) || typeof found !== "number")
    throw new ProblemError("oidc_exchange_failed", {
      detail: `The ID token's auth_time is ${quote(found)}; a whole number of seconds is expected${maxAgeSeconds === null ? "" : ", because maxAgeSeconds was asked for"}.`,
    });
  const at = (seconds: number): string => quote(seconds);
  if (found * 1000 > nowMs + clockSkewSeconds * 1000)
    throw new ProblemError("token_not_yet_valid", {
      detail: `The ID token's auth_time is ${at(found)}, in the future of ${timestamp(nowMs)}.`,
    });
  if (maxAgeSeconds !== null && found * 1000 < nowMs - (maxAgeSeconds + clockSkewSeconds) * 1000)
    throw new ProblemError("oidc_exchange_failed", {
      detail: `The customer signed in at the provider at ${at(found)}; at most ${maxAgeSeconds} s before ${timestamp(nowMs)} are allowed by maxAgeSeconds.`,
    });
  const original = origin.kind === "refreshed" ? origin.original.authTimeSeconds : null;
  if (original !== null && found > original)
    throw new ProblemError("oidc_exchange_failed", {
      detail: `The renewed ID token's auth_time is ${at(found)}; that of the sign-in was ${at(original)}.`,
    });
  return found;
}

function checkHashes({ payload, alg }: SignedToken, origin: IdTokenOrigin): void {
  if (origin.kind === "presented") return;
  checkHashClaim(payload, "at_hash", origin.accessToken, alg);
  if (origin.kind === "exchanged") checkHashClaim(payload, "c_hash", origin.code, alg);
}

function readText(payload: JsonObject, claim: "nonce" | "sid"): string | null {
  const value = ownMember(payload, claim);
  return typeof value === "string" && value !== "" && value.length <= 512 ? value : null;
}
