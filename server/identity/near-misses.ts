/**
 * Names what somebody passed instead of a token, as far as its form shows it: the sentence that saves an hour.
 * @param token at most `limits.tokenBytes` long
 */
export function describeMalformed(token: string): string {
  const parts = token.split(".");
  if (token === "") return "The token is empty.";
  if (/^(\{\{.*\}\}|<%.*%>|%.*%|\$\{.*\})$/s.test(token.trim()))
    return "The token is a placeholder that your page's template did not replace.";
  if (/^bearer\s/i.test(token)) return "The token starts with “Bearer”; pass the token alone.";
  if (/^["'].*["']$/s.test(token)) return "The token is wrapped in quotation marks; pass the token alone.";
  if (/\s/.test(token)) return "The token has white space in it.";
  if (/^(undefined|null|\[object .*\])$/.test(token))
    return `The token is the text “${token}”; the page passed no token.`;
  if (parts.length === 5) return "The token is encrypted (JWE, five parts); a signed one has three.";
  if (parts.length === 3 && parts[0] !== "" && parts[1] !== "" && parts[2] === "")
    return "The token has no signature.";
  if (/[+/=]/.test(token)) return "The token is in base64 with padding; JWTs are in base64url without.";
  return `The token has ${parts.length} of the 3 parts that dots separate, or characters outside base64url.`;
}
