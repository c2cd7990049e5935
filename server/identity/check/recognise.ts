import type { IdentityAssertion } from "../../../shared/protocol.ts";
import type { Community, OidcSettings } from "../../config/config.ts";
import { issuerAddress } from "../../config/oidc-settings.ts";
import { sessionTokenForm } from "../../session/session-token.ts";
import type { JwkSets } from "../jwk-sets.ts";
import { platformTokenType } from "../platform-gate.ts";
import { isJsonObject, type JsonObject, ownMember } from "../strict-json.ts";
import type { LenientReading } from "./lenient-reading.ts";

/** Kinds that have a gate, by the identities of `POST /sessions` that carry them. */
export const judgedKinds = [
  "contactJwt",
  "platformJwt",
  "idToken",
] as const satisfies readonly IdentityAssertion["type"][];

/** And those that never open a session. */
export const tokenKinds = [
  ...judgedKinds,
  "accessToken",
  "logoutToken",
  "sessionToken",
  "encryptedToken",
  "unknown",
] as const;

export type JudgedKind = (typeof judgedKinds)[number];
export type TokenKind = (typeof tokenKinds)[number];

const kindsByType: ReadonlyMap<string, TokenKind> = new Map([
  [platformTokenType, "platformJwt"],
  ["logout+jwt", "logoutToken"],
  ["at+jwt", "accessToken"],
  ["application/at+jwt", "accessToken"],
]);

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

/** OpenID Connect Core 1.0, sections 2 and 3.3.2.11: claims that nobody writes into a token of their own. */
const idTokenClaims = ["nonce", "at_hash", "c_hash", "azp", "auth_time", "amr", "acr"];

/** RFC 9068, section 2.2, and what large providers use in its place. */
const accessTokenClaims = ["scope", "scp", "client_id", "cid", "token_use"];

/** What a text is, as far as its form, its `typ`, its issuer and its claims show. Nothing of it is believed. */
export function recognise(
  token: string,
  { header, payload }: LenientReading,
  community: Community,
  jwkSets: JwkSets,
): TokenKind {
  const typ = header && ownMember(header, "typ");
  const byType = typeof typ === "string" ? kindsByType.get(typ.toLowerCase()) : undefined;
  if (byType) return byType;
  if (sessionTokenForm.test(token.trim())) return "sessionToken";
  if (header && token.split(".", 6).length === 5) return "encryptedToken";
  if (!payload) return "unknown";
  const events = ownMember(payload, "events");
  if (isJsonObject(events) && Object.hasOwn(events, logoutEvent)) return "logoutToken";
  const { oidc } = community;
  if (isIssuer(ownMember(payload, "iss"), oidc) && isForClient(payload, oidc)) return "idToken";
  const kid = header && ownMember(header, "kid");
  const ownKeys = [...community.keys, ...jwkSets.status(community.jwksUrls).flatMap(({ keys }) => keys)];
  if (typeof kid === "string" && ownKeys.some((key) => key.kid === kid)) return "contactJwt";
  // The gate takes one without a kid, whatever else it says.
  const isForProvider = isIssuer(ownMember(payload, "iss"), oidc) || isForClient(payload, oidc);
  if (kid === undefined && ownKeys.length > 0 && !isForProvider) return "contactJwt";
  return byClaims(payload, community);
}

/** An ID token of a provider that is not the community's is judged as one where the community has a provider at all. */
export function judgeOf(kind: TokenKind, { oidc, keys, jwksUrls }: Community): JudgedKind {
  if (kind === "platformJwt") return kind;
  if (!oidc) return "contactJwt";
  const isOfProvider = kind === "idToken" || kind === "accessToken" || kind === "logoutToken";
  return isOfProvider || (keys.length === 0 && jwksUrls.length === 0) ? "idToken" : "contactJwt";
}

function byClaims(payload: JsonObject, { issuer, oidc }: Community): TokenKind {
  const iss = ownMember(payload, "iss");
  if (typeof iss !== "string" || iss === issuer) return "contactJwt";
  const has = (names: readonly string[]) => names.some((name) => Object.hasOwn(payload, name));
  if (has(accessTokenClaims)) return "accessToken";
  return has(idTokenClaims) || isIssuer(iss, oidc) || isForClient(payload, oidc) ? "idToken" : "contactJwt";
}

function isForClient(payload: JsonObject, oidc: OidcSettings | null): boolean {
  const aud = ownMember(payload, "aud");
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return oidc !== null && audiences.includes(oidc.clientId);
}

/** By the configured address: nothing is fetched to recognise a token. */
export const isIssuer = (iss: unknown, oidc: OidcSettings | null): boolean =>
  oidc !== null && typeof iss === "string" && iss.replace(/\/$/, "") === issuerAddress(oidc);
