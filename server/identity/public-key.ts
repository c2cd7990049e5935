import type { CryptoKey, JWK } from "jose";
import { importJWK } from "jose/key/import";
import { KeyFault } from "./key-fault.ts";
import type { TokenAlgorithm } from "./keys.ts";

export const publicKeyAlgorithms = ["RS256", "RS512", "PS256", "ES256", "EdDSA"] as const;
export type PublicKeyAlgorithm = (typeof publicKeyAlgorithms)[number];

/** RFC 7518 section 3.1, RFC 8037 section 3.1: the key type, and the curve where there is one. */
const keyForms = {
  RS256: { kty: "RSA", crv: undefined },
  RS512: { kty: "RSA", crv: undefined },
  PS256: { kty: "RSA", crv: undefined },
  ES256: { kty: "EC", crv: "P-256" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
} as const satisfies Record<Exclude<TokenAlgorithm, "HS256">, { kty: string; crv: string | undefined }>;

export const isPublicKeyAlgorithm = (alg: unknown): alg is PublicKeyAlgorithm =>
  publicKeyAlgorithms.some((known) => known === alg);

/**
 * The one algorithm of a key that names none. An RSA key could serve three; large providers publish theirs without `alg`
 * and sign with RS256, the default of OpenID Connect Core 1.0 (section 2), so it serves RS256 and nothing else.
 */
export function algorithmWithoutAlg({ kty, crv }: JWK): PublicKeyAlgorithm | undefined {
  if (kty === "RSA") return "RS256";
  return publicKeyAlgorithms.find((alg) => keyForms[alg].kty === kty && keyForms[alg].crv === crv);
}

const minModulusBits = 2048;
const maxModulusBits = 8192;
const minExponent = 65537n;

/**
 * A key that verifies tokens of `alg` and of nothing else.
 * @param jwk public members only are read
 * @throws KeyFault
 */
export async function importPublicKey(jwk: JWK, alg: PublicKeyAlgorithm): Promise<CryptoKey> {
  const form = keyForms[alg];
  if (jwk.kty !== form.kty || jwk.crv !== form.crv)
    throw new KeyFault(`${alg} needs a key of type ${describe(form)}; this one is of type ${describe(jwk)}`);
  if (form.kty === "RSA") checkRsa(jwk);
  if (form.kty === "OKP") checkEd25519(jwk);
  const { kty, crv, n, e, x, y } = jwk;
  try {
    const key = await importJWK(present({ kty, crv, n, e, x, y }), alg);
    if (!(key instanceof Uint8Array)) return key;
  } catch {
    // The cause is left out: it may quote the key.
  }
  throw new KeyFault(`is not a valid ${jwk.kty} public key`);
}

const describe = ({ kty, crv }: { readonly kty?: string | undefined; readonly crv?: string | undefined }) =>
  [kty, crv].filter(Boolean).join(" ") || "none";

const fieldPrime = 2n ** 255n - 19n;

/** The heights (y) of the points of order 1, 2, 4 and 8; those of order 8 are each other's negatives. */
const heightOfOrder8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const smallOrderHeights = [0n, 1n, fieldPrime - 1n, heightOfOrder8, fieldPrime - heightOfOrder8];

/**
 * A point of small order is no public key: under it signatures can be made that fit any message, and some libraries take
 * them (RFC 8032, section 5.1.7, lets each decide). Heights beyond the field's prime are second spellings of a point.
 */
function checkEd25519({ x }: JWK): void {
  if (typeof x !== "string" || !/^[A-Za-z0-9_-]{43}$/.test(x))
    throw new KeyFault("must be 32 bytes in base64url", "x");
  const bytes = Buffer.from(x, "base64url").reverse();
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  const height = BigInt(`0x${bytes.toString("hex")}`);
  if (height >= fieldPrime) throw new KeyFault("is not a point's canonical form", "x");
  if (smallOrderHeights.includes(height))
    throw new KeyFault("is a point of small order, which is no key", "x");
}

/**
 * An even modulus or exponent, or an exponent of 1, is no RSA key at all: with e = 1 anybody signs. Small exponents are
 * refused as FIPS 186-5, section 5.1 does.
 */
function checkRsa({ n, e }: JWK): void {
  const modulus = unsigned(n, "n");
  const exponent = unsigned(e, "e");
  const bits = modulus.toString(2).length;
  if (bits < minModulusBits || bits > maxModulusBits)
    throw new KeyFault(`has ${bits} bits; ${minModulusBits} to ${maxModulusBits} are allowed`, "n");
  if (modulus % 2n === 0n) throw new KeyFault("is even, so it is not an RSA modulus", "n");
  if (exponent < minExponent || exponent % 2n === 0n)
    throw new KeyFault(`must be odd and at least ${minExponent}`, "e");
  if (exponent >= modulus) throw new KeyFault("must be smaller than the modulus", "e");
}

/** Base64urlUInt, RFC 7518 section 2. */
function unsigned(text: unknown, member: string): bigint {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]+$/.test(text))
    throw new KeyFault("must be a number in base64url", member);
  return BigInt(`0x${Buffer.from(text, "base64url").toString("hex") || "0"}`);
}

/** Without the members that are undefined. */
const present = (jwk: { [Name in keyof JWK]: JWK[Name] | undefined }): JWK =>
  Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined));
