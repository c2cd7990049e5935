import { quote } from "../header.ts";
import { type JsonObject, ownMember } from "../strict-json.ts";
import type { Advice } from "./report.ts";
import type { Subject } from "./subject.ts";

/** OpenID Connect Core 1.0, sections 2 and 3.3.2.11: claims that nobody writes into a token of their own. */
const idTokenClaims = ["nonce", "at_hash", "c_hash", "azp", "auth_time", "amr", "acr"];

/** RFC 9068, section 2.2, and what large providers use in its place. */
const accessTokenClaims = ["scope", "scp", "client_id", "cid", "token_use"];

/** A token that somebody else made for something else. */
export function explainForeign({ reading: { payload }, community }: Subject): Advice | null {
  if (!payload) return null;
  const iss = ownMember(payload, "iss");
  if (typeof iss !== "string" || iss === community.issuer) return null;
  const kind = kindOf(payload);
  if (kind === null) return null;
  return {
    cause: `It looks like ${kind} of ${quote(iss)}, not like a Contact JWT of yours.`,
    fix: community.oidc
      ? "Pass the provider's ID token as idToken, or the code as authCode; contactJwt is for tokens that your server signs."
      : "Sign a Contact JWT on your server, or configure the provider under oidc and pass its ID token.",
  };
}

function kindOf(payload: JsonObject): string | null {
  const has = (names: readonly string[]) => names.some((name) => Object.hasOwn(payload, name));
  if (has(accessTokenClaims)) return "an access token";
  return has(idTokenClaims) ? "an ID token" : null;
}
