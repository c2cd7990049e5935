import { MessengerError } from "../bridge/messenger-error.ts";
import type { IdentityToken } from "./auth-provider.ts";

/**
 * Reads what a page or a provider says of who is here.
 *
 * @returns null for a visitor: no value, or both placeholders empty
 * @throws MessengerError `placeholder_not_replaced`; `request_invalid` where both are filled or the value is no string.
 *   Never a silent fall-back: a page whose template is broken must not take its customers for visitors.
 */
export function readIdentity(value: unknown): IdentityToken | null {
  const { contactJwt, platformJwt } = Object(value) as Record<string, unknown>;
  if (contactJwt && platformJwt)
    throw new MessengerError(
      "request_invalid",
      "contactJwt and platformJwt are both filled. Fill at most one of them.",
    );
  const token = contactJwt || platformJwt;
  if (!token) return null;
  const name = contactJwt ? "contactJwt" : "platformJwt";
  if (typeof token !== "string")
    throw new MessengerError("request_invalid", `${name} is a ${typeof token}. Pass the JWT as a string.`);
  if (placeholder.test(token))
    throw new MessengerError(
      "placeholder_not_replaced",
      `${name} begins with “${token.trim().slice(0, 2)}”, like a placeholder that was not replaced. Render the token into the page, or an empty string for a visitor.`,
    );
  return contactJwt ? { contactJwt: token } : { platformJwt: token };
}

/** `{{…}}`, `<%…%>`, `%…%`, `${…}`, `[[…]]`, `#{…}`, `@…`: no JWT begins like any of them. */
const placeholder = /^\s*[{<%$[#@]/;

export const tokenOf = (identity: IdentityToken): string =>
  "contactJwt" in identity ? identity.contactJwt : identity.platformJwt;
