import type { CryptoKey } from "jose";

export const tokenAlgorithms = ["HS256", "RS256", "RS512", "PS256", "ES256", "EdDSA"] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** A key that verifies tokens of one community: one key, one algorithm (RFC 8725, section 3.1). */
export interface VerificationKey {
  /** null: serves tokens without `kid` only while it is the community's sole key. */
  readonly kid: string | null;
  readonly alg: TokenAlgorithm;
  readonly key: CryptoKey;
}
