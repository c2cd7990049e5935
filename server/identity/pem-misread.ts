/** Names what became of a PEM text on its way into a configuration: the sentence that saves an hour. */

/** Variables and form fields make one line of several, or write line breaks as two characters. */
export function lostLineBreaks(text: string): string | null {
  const body = /-----BEGIN [A-Z0-9 ]+-----(.*?)-----END/s.exec(text)?.[1];
  if (body === undefined) return null;
  if (body.includes("\\n") || body.includes("\\r"))
    return "has line breaks that are written out as \\n; put real ones in their place";
  return /^[^\S\r\n]*[\r\n]/.test(body) && /[\r\n][^\S\r\n]*$/.test(body)
    ? null
    : "has lost its line breaks: the lines BEGIN and END each stand by themselves";
}

/** What a text without a PEM block is instead. */
export function describeNoPem(text: string): string {
  const trimmed = text.trim();
  const inner = Buffer.from(trimmed, "base64").toString("latin1");
  if (inner.startsWith("-----BEGIN"))
    return inner.includes("PRIVATE KEY")
      ? "is a private key, encoded in base64; configure the public key, and treat the private one as known"
      : "is PEM text that was encoded in base64; decode it once";
  if (/^[{[]/.test(trimmed))
    return /"(d|k|p|priv)"\s*:/.test(trimmed)
      ? "is a private JWK; configure the public key as jwks, and treat the private one as known"
      : 'is a JWK; configure it as { "jwks": { "keys": [ … ] } }';
  if (/^(ssh-|ecdsa-|---- BEGIN)/.test(trimmed))
    return "is an SSH key; convert it with ssh-keygen -e -m PKCS8";
  if (/^M[A-Za-z0-9+/\s]{40,}=*$/.test(trimmed))
    return "has lost the lines around it; put -----BEGIN PUBLIC KEY----- above and -----END PUBLIC KEY----- below";
  return "is not PEM text (-----BEGIN PUBLIC KEY-----)";
}
