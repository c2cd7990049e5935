/**
 * Names what somebody passed instead of a token, as far as its form shows it: the sentence that saves an hour.
 * @param token at most `limits.tokenBytes` long
 */
export function describeMalformed(token: string): string {
  const parts = token.split(".");
  if (token === "") return "The token is empty.";
  if (/\{\{|<%|\$\{/.test(token))
    return "The token is a placeholder that your page's template did not replace.";
  if (/^(undefined|null|\[object \w+\])$/.test(token))
    return `The token is the text “${token}”; the page passed no token.`;
  if (/^bearer\s/i.test(token)) return "The token starts with “Bearer”; pass the token alone.";
  if (/^["']/.test(token)) return "The token is in quotation marks; pass the token alone.";
  if (token.includes("-----BEGIN")) return "The text is a key or a certificate, not a token.";
  if (/^\s*\{/.test(token)) return "The text is JSON; pass the compact serialization of the token alone.";
  if (/\s/.test(token)) return "The token has white space in it.";
  if (/%[0-9A-Fa-f]{2}/.test(token)) return "The token is URL-encoded; pass it as it was before.";
  if (parts.length === 5) return "The token is encrypted (JWE, five parts); a signed one has three.";
  if (parts.length === 3 && parts[2] === "") return "The token has no signature.";
  if (/[+/=]/.test(token)) return "The token is in base64 with padding; JWTs are in base64url without.";
  if (/^[\w-]+$/.test(token))
    return "The text has no dots: it is an opaque token, such as a session's or an API's, not a JWT.";
  return `The token has ${parts.length} of the 3 parts that dots separate, or characters outside base64url.`;
}

const contactJwt = "a Contact JWT, which goes into contactJwt";

const kinds: ReadonlyMap<unknown, string> = new Map([
  [undefined, contactJwt],
  ["jwt", contactJwt],
  ["vouch-platform+jwt", "a platform JWT, which goes into platformJwt"],
  ["at+jwt", "an access token, which is for an API"],
  ["application/at+jwt", "an access token, which is for an API"],
  ["logout+jwt", "a logout token, which a provider sends and nobody signs in with"],
  ["dpop+jwt", "a proof of possession, which is for an authorization server"],
]);

/** What a token of this `typ` is, as a sentence behind the one that says which was expected; empty where nobody knows. */
export function describeType(typ: unknown): string {
  // Not String(typ): an object out of a token may have a toString of its own.
  const kind = kinds.get(typeof typ === "string" ? typ.toLowerCase() : typ);
  return kind === undefined ? "" : ` It is ${kind}.`;
}
