import { createPrivateKey, type KeyObject } from "node:crypto";
import type { ShopKeys } from "../../shop-keys.ts";

export type SigningAlgorithm = "RS256" | "HS256" | "ES256";

export interface SigningKey {
  readonly alg: SigningAlgorithm;
  readonly kid: string;
  /** A private key, or the bytes of the shared token. */
  readonly secret: KeyObject | Uint8Array;
}

export function signingKey(keys: ShopKeys, alg: SigningAlgorithm): SigningKey {
  switch (alg) {
    case "RS256":
      return { alg, kid: keys.rs256.kid, secret: createPrivateKey(keys.rs256.privateKey) };
    case "ES256":
      return { alg, kid: keys.es256.kid, secret: createPrivateKey(keys.es256.privateKey) };
    case "HS256":
      return { alg, kid: keys.shared.kid, secret: new TextEncoder().encode(keys.shared.secret) };
  }
}

/** Claims to be the shop's key, and is not. */
export function strangersKey(keys: ShopKeys, alg: SigningAlgorithm): SigningKey {
  const { rs256, es256, secret } = keys.stranger;
  const claimed = signingKey(keys, alg);
  if (alg === "HS256") return { ...claimed, secret: new TextEncoder().encode(secret) };
  return { ...claimed, secret: createPrivateKey(alg === "RS256" ? rs256 : es256) };
}
