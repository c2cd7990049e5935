import { messengerError } from "../../bridge/messenger-error.ts";
import type { IdentityToken } from "../auth-provider.ts";

/**
 * Reads what a page says of who is here: its variables, or what was passed to `login()`.
 *
 * @returns null for a visitor: no value, or both placeholders empty
 * @throws MessengerError `placeholder_not_replaced`; `request_invalid` where several are filled or the value is no string.
 *   Never a silent fall-back: a page whose template is broken must not take its customers for visitors.
 */
export function readIdentity(value: unknown): IdentityToken | null {
  const { contactJwt, platformJwt, authCode, idToken } = Object(value) as Record<string, unknown>;
  const token = contactJwt || platformJwt;
  if (!token) return null;
  if ((contactJwt && platformJwt) || authCode || idToken || typeof token !== "string")
    throw messengerError(
      "request_invalid",
      `contactJwt is ${typeof contactJwt}, platformJwt is ${typeof platformJwt}. Pass one string.`,
    );
  refusePlaceholder(token);
  return contactJwt ? { contactJwt: token } : { platformJwt: token };
}

/** `{{…}}`, `<%…%>`, `%…%`, `${…}`, `[[…]]`, `#{…}`, `@…`: no JWT begins like any of them. */
export function refusePlaceholder(token: string): void {
  if (/^\s*[{<%$[#@]/.test(token))
    throw messengerError(
      "placeholder_not_replaced",
      "The token is a placeholder. Render the real one, or an empty string.",
    );
}
