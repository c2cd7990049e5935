/** Ids and fingerprints, by WebCrypto. */

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** RFC 9562 version 4. `crypto.randomUUID` is missing on plain http, where developers try things on a phone. */
export function uuid(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16))).replace(
    /(.{8})(.{4}).(.{3}).(.{3})/,
    "$1-$2-4$3-8$4-",
  );
}

/** A text's fingerprint: SHA-256, or something that equals no other where there is no WebCrypto (plain http). */
export async function fingerprint(text: string): Promise<string> {
  // Typed as always present; absent on plain http.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  return subtle
    ? hex(new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(text))))
    : uuid();
}
