import type { AssertedIdentity } from "../bridge/messages.ts";
import { messengerError } from "../bridge/messenger-error.ts";

/**
 * Reads what a page or a provider says of who is here.
 *
 * @returns null for a visitor: no value, or both placeholders empty
 * @throws MessengerError `placeholder_not_replaced`; `request_invalid` where both are filled or the value is no string.
 *   Never a silent fall-back: a page whose template is broken must not take its customers for visitors.
 */
export function readIdentity(value: unknown): AssertedIdentity {
  const { contactJwt, platformJwt } = Object(value) as Record<string, unknown>;
  const token = contactJwt || platformJwt;
  if (!token) return null;
  if ((contactJwt && platformJwt) || typeof token !== "string")
    throw messengerError(
      "request_invalid",
      `contactJwt is ${typeof contactJwt}, platformJwt is ${typeof platformJwt}. Pass one string.`,
    );
  if (placeholder.test(token))
    throw messengerError(
      "placeholder_not_replaced",
      "The token is a placeholder. Render the real one, or an empty string.",
    );
  return contactJwt ? { contactJwt: token } : { platformJwt: token };
}

/** `{{…}}`, `<%…%>`, `%…%`, `${…}`, `[[…]]`, `#{…}`, `@…`: no JWT begins like any of them. */
const placeholder = /^\s*[{<%$[#@]/;
