import { explainForeign } from "./foreign-token.ts";
import type { Advice } from "./report.ts";
import { verifiesWithPublicKey } from "./signature-match.ts";
import type { Subject } from "./subject.ts";

/** A token whose `alg` no key of the community has, or not the key that it names. */
export async function explainWrongAlgorithm(subject: Subject, alg: unknown): Promise<Advice | null> {
  const { keys } = subject.community;
  const has = (symmetric: boolean) => keys.some((key) => (key.alg === "HS256") === symmetric);
  if (typeof alg !== "string") return { fix: "Put the algorithm's name into the header as alg." };
  if (alg.toLowerCase() === "none") return { fix: "Sign the token. An unsigned one is never taken." };
  const exact = keys.find((key) => key.alg !== alg && key.alg.toLowerCase() === alg.trim().toLowerCase());
  if (exact) return { cause: "Names of algorithms are case-sensitive.", fix: `Write alg as “${exact.alg}”.` };
  if (await verifiesWithPublicKey(subject))
    return {
      cause:
        "It was signed with the public key as if that were a shared secret (algorithm confusion): whoever has the public key can make such a token.",
      fix: "Sign with the private key and its algorithm. If no server of yours made this token, somebody tried to get in with it.",
    };
  if (alg.startsWith("HS")) {
    if (has(true))
      return alg === "HS256" ? null : { fix: "Sign with HS256; other HMAC algorithms are not taken." };
    if (has(false))
      return {
        cause: "HMAC needs a secret that both sides know, and the community has public keys.",
        fix: "Sign with the private key of the configured public key, or configure a shared token as a key of its own.",
      };
  } else if (has(true) && !has(false))
    return {
      cause: "The community has a shared token only, and the token's algorithm needs a private key.",
      fix: "Sign with HS256 and the shared token, or configure the public key that belongs to the private one.",
    };
  if (alg === "Ed25519") return { fix: "Write alg as “EdDSA” (RFC 8037)." };
  if (alg === "ES256K") return { fix: "Use a key on the curve P-256 and ES256; secp256k1 is not taken." };
  return explainForeign(subject);
}
