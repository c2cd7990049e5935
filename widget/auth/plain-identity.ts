import type { IdentityToken } from "./auth-provider.ts";

/**
 * What nearly every page says: one token, or nothing. All else, faults among it, is left to `questions/read-answer.ts`,
 * which says what is wrong and is not loaded for a page with which nothing is.
 *
 * @returns null for a visitor; undefined: look closer
 */
export function plainIdentity(value: unknown): IdentityToken | null | undefined {
  const { contactJwt, platformJwt, authCode, idToken } = Object(value) as Record<string, unknown>;
  const token = contactJwt || platformJwt;
  if (!token) return null;
  if ((contactJwt && platformJwt) || authCode || idToken || !isCompact(token)) return undefined;
  return contactJwt ? { contactJwt: token } : { platformJwt: token };
}

/** RFC 7515, section 7.1. A placeholder that was not replaced looks like none. */
const isCompact = (token: unknown): token is string =>
  typeof token === "string" && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
