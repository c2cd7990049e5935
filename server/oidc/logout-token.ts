import { timestamp } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Community } from "../config/config.ts";
import { quote } from "../identity/header.ts";
import { isJsonObject, type JsonObject, ownMember } from "../identity/strict-json.ts";
import { readIdentity } from "../identity/subject.ts";
import { checkTimes, showSeconds } from "../identity/time-claims.ts";
import { checkClient, checkProvider } from "./parties.ts";
import type { Provider } from "./provider.ts";
import { keyUnknown, readSignedToken, readUnverified, type TokenChecks } from "./signed-token.ts";

/** Longest way from the provider to us, its retries included. */
const maxAgeSeconds = 120;

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

/** Whose sessions a provider ends: a customer's, or those of one of its own sessions. */
export type ProviderLogout = {
  readonly jti: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
} & (
  | { readonly by: "customer"; readonly sub: string }
  | { readonly by: "providerSession"; readonly sid: string }
);

/**
 * OpenID Connect Back-Channel Logout 1.0, section 2.6, with what it leaves optional: `typ` is mandatory, because nothing
 * else keeps every other token of the provider out for certain.
 *
 * @param nowMs milliseconds since 1970-01-01 UTC
 * @throws ProblemError with an identity code of `shared/problems.ts`
 */
export async function verifyLogoutToken(
  checks: TokenChecks,
  token: string,
  { provider, community }: { readonly provider: Provider; readonly community: Community },
  nowMs: number,
): Promise<ProviderLogout> {
  const { payload } = await readSignedToken(checks, token, "logout+jwt", provider, community.id);
  const { issuedAtSeconds, expiresAtSeconds } = checkTimes(payload, community, nowMs);
  if (issuedAtSeconds === null) throw malformed("has no iat");
  if (issuedAtSeconds * 1000 < nowMs - maxAgeSeconds * 1000)
    throw new ProblemError("token_expired", {
      detail: `The logout token is of ${showSeconds(issuedAtSeconds)}; it is ${timestamp(nowMs)} here, and at most ${maxAgeSeconds} s lie between the two.`,
    });
  checkProvider(payload, provider);
  checkClient(payload, provider);
  checkEvents(payload);
  // An ID token has one where the client asked for it; a logout token never.
  if (Object.hasOwn(payload, "nonce"))
    throw new ProblemError("type_not_allowed", {
      detail: "The token has a nonce, which no logout token has.",
    });
  return {
    ...readWhom(payload),
    jti: readText(payload, "jti"),
    issuedAtSeconds,
    expiresAtSeconds,
  };
}

/** What every provider signs with (OpenID Connect Discovery 1.0, section 3). */
const everyProvidersAlgorithms = ["RS256"];

/**
 * As a provider would be answered for that has no such key: by the refusals nobody learns which communities have one.
 *
 * @throws ProblemError with an identity code, always
 */
export function refuseLogoutToken({ limits }: Pick<TokenChecks, "limits">, token: string): never {
  throw keyUnknown(readUnverified(token, "logout+jwt", everyProvidersAlgorithms, limits).kid);
}

/**
 * With a `sub` every session of the customer ends, whether or not a `sid` narrows it: a session whose ID token had no `sid`
 * would outlive the logout otherwise.
 */
function readWhom(
  payload: JsonObject,
):
  | { readonly by: "customer"; readonly sub: string }
  | { readonly by: "providerSession"; readonly sid: string } {
  if (Object.hasOwn(payload, "sub")) return { by: "customer", sub: readIdentity(payload, "sub") };
  if (Object.hasOwn(payload, "sid")) return { by: "providerSession", sid: readText(payload, "sid") };
  throw new ProblemError("identity_missing", { detail: "The logout token has neither sub nor sid." });
}

function checkEvents(payload: JsonObject): void {
  const events = ownMember(payload, "events");
  if (!isJsonObject(events) || !isJsonObject(ownMember(events, logoutEvent)))
    throw new ProblemError("type_not_allowed", {
      detail: `The token's events are ${quote(events)} without the member ${logoutEvent}, which makes a logout token one.`,
    });
}

function readText(payload: JsonObject, claim: "sid" | "jti"): string {
  const value = ownMember(payload, claim);
  if (typeof value === "string" && value !== "" && value.length <= 512 && value.isWellFormed()) return value;
  throw malformed(`has the ${claim} ${quote(value)}; 1 to 512 characters are expected`);
}

const malformed = (fault: string): ProblemError =>
  new ProblemError("token_malformed", { detail: `The logout token ${fault}.` });
