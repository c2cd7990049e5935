import { randomBytes } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from "jose";
import { isKid } from "../identity/header.ts";
import { type TokenAlgorithm, tokenAlgorithms } from "../identity/keys.ts";
import type { PublicKeyAlgorithm } from "../identity/public-key.ts";
import { type Console, UsageError } from "./console.ts";

export interface KeygenOptions {
  readonly alg: string | undefined;
  readonly kid: string | undefined;
}

/**
 * Prints a new key as one JSON document, which `vouch token --key` reads: `kid`, `alg`, `privateKey` (PKCS #8),
 * `publicKey` (SPKI), `jwks`; for HS256 `kid`, `alg`, `secret`. PEM inside JSON strings can be pasted into the
 * configuration as it stands.
 */
export async function keygen({ alg, kid }: KeygenOptions, console: Console): Promise<void> {
  const algorithm = tokenAlgorithms.find((known) => known === alg);
  if (!algorithm)
    throw new UsageError(`--alg ${alg ?? "is missing"}: expected ${tokenAlgorithms.join(", ")}.`);
  if (kid !== undefined && !isKid(kid)) throw new UsageError("--kid must be 1 to 128 printable characters.");
  const key = await makeKey(algorithm, kid);
  console.print(`${JSON.stringify(key, null, 2)}\n`);
  console.remark(
    algorithm === "HS256"
      ? "Configure kid, alg and secret as a key of the community; keep the secret on your servers."
      : "Configure kid, alg and publicKey as a key of the community, or jwks; keep privateKey on the server that signs.",
  );
}

const makeKey = (alg: TokenAlgorithm, kid: string | undefined): object =>
  alg === "HS256" ? makeSecret(kid) : makeKeyPair(alg, kid);

/** 256 bits, as many as the hash has (RFC 7518, section 3.2). */
const makeSecret = (kid = randomBytes(8).toString("hex")): object => ({
  kid,
  alg: "HS256",
  secret: randomBytes(32).toString("base64url"),
});

/** The key's thumbprint (RFC 7638) names it where nobody else does. */
async function makeKeyPair(alg: PublicKeyAlgorithm, givenKid: string | undefined): Promise<object> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = givenKid ?? (await calculateJwkThumbprint(jwk));
  return {
    kid,
    alg,
    privateKey: await exportPKCS8(privateKey),
    publicKey: await exportSPKI(publicKey),
    jwks: { keys: [{ ...jwk, kid, alg, use: "sig" }] },
  };
}
