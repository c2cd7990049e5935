import { hash } from "node:crypto";
import { ProblemError } from "../../shared/problem-error.ts";
import type { PublicKeyAlgorithm } from "../identity/public-key.ts";
import { type JsonObject, ownMember } from "../identity/strict-json.ts";

/** The hash function of each signature algorithm; Ed25519 hashes with SHA-512 (RFC 8032, section 5.1). */
const digests = {
  RS256: "sha256",
  PS256: "sha256",
  ES256: "sha256",
  RS512: "sha512",
  EdDSA: "sha512",
} as const satisfies Record<PublicKeyAlgorithm, string>;

/**
 * OpenID Connect Core 1.0, sections 3.1.3.6 and 3.3.2.11: the left half of the hash. Optional in the code flow, checked
 * wherever it is there: it ties what came beside the ID token to the ID token.
 *
 * @param value what the claim is the hash of: the access token, the code
 * @throws ProblemError `oidc_exchange_failed`
 */
export function checkHashClaim(
  payload: JsonObject,
  claim: "at_hash" | "c_hash",
  value: string,
  alg: PublicKeyAlgorithm,
): void {
  const found = ownMember(payload, claim);
  if (found === undefined || found === hashClaim(value, alg)) return;
  const what = claim === "at_hash" ? "the access token" : "the code";
  throw new ProblemError("oidc_exchange_failed", {
    detail: `The ID token's ${claim} is not the hash of ${what} that it came with.`,
  });
}

export function hashClaim(value: string, alg: PublicKeyAlgorithm): string {
  const digest = Buffer.from(hash(digests[alg], value, "hex"), "hex");
  return digest.subarray(0, digest.length / 2).toString("base64url");
}
