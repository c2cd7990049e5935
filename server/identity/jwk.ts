import type { JWK } from "jose";
import { isKid } from "./header.ts";
import { KeyFault } from "./key-fault.ts";
import type { VerificationKey } from "./keys.ts";
import { readX5c } from "./pem.ts";
import {
  algorithmWithoutAlg,
  importPublicKey,
  isPublicKeyAlgorithm,
  type PublicKeyAlgorithm,
} from "./public-key.ts";
import { isJsonObject, type JsonObject, ownMember } from "./strict-json.ts";

/** Members that only the signer may have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4; RFC 8037, section 2). */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] as const;

const publicMembers = ["kty", "crv", "n", "e", "x", "y"] as const;

/**
 * One key of a JWK set (RFC 7517) as a key of ours.
 *
 * Where `alg` is missing the key is bound to one algorithm all the same: a key without one must not take whatever the
 * token says (CVE-2026-22817).
 *
 * @param nowMs decides whether a certificate in `x5c` is valid
 * @throws KeyFault
 */
export async function importJwk(value: unknown, nowMs: number): Promise<VerificationKey> {
  if (!isJsonObject(value)) throw new KeyFault("must be a JWK object");
  checkUse(value);
  const jwk = readMembers(value, nowMs);
  const alg = readAlgorithm(value, jwk);
  return { kid: readKid(value), alg, key: await importPublicKey(jwk, alg) };
}

function checkUse(jwk: JsonObject): void {
  if (ownMember(jwk, "kty") === "oct")
    throw new KeyFault("is a symmetric key; shared tokens are configured as secret", "kty");
  for (const name of privateMembers) {
    if (Object.hasOwn(jwk, name))
      throw new KeyFault(
        "is a private member; configure the public key, and treat the private one as known",
        name,
      );
  }
  const use = ownMember(jwk, "use");
  if (use !== undefined && use !== "sig") throw new KeyFault("must be sig", "use");
  const operations = ownMember(jwk, "key_ops");
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify")))
    throw new KeyFault("must include verify", "key_ops");
}

/** The key itself: from its members, and from the certificate where there is one; the two must agree. */
function readMembers(jwk: JsonObject, nowMs: number): JWK {
  const members = Object.fromEntries(
    publicMembers.flatMap((name) => {
      const value = ownMember(jwk, name);
      if (value === undefined) return [];
      if (typeof value !== "string") throw new KeyFault("must be a string", name);
      return [[name, value]];
    }),
  );
  const x5c = ownMember(jwk, "x5c");
  if (x5c === undefined) return members;
  const certified = readCertificates(x5c, nowMs);
  for (const name of publicMembers) {
    if (members[name] !== undefined && members[name] !== certified[name])
      throw new KeyFault("holds another key than the JWK's own members", "x5c");
  }
  return certified;
}

function readCertificates(x5c: unknown, nowMs: number): JWK {
  try {
    return readX5c(x5c, nowMs);
  } catch (error) {
    throw error instanceof KeyFault ? new KeyFault(error.message, "x5c") : error;
  }
}

function readAlgorithm(value: JsonObject, jwk: JWK): PublicKeyAlgorithm {
  const named = ownMember(value, "alg");
  // RFC 9864 names the curve in the algorithm; tokens say EdDSA (RFC 8037) still.
  const alg = named === undefined ? algorithmWithoutAlg(jwk) : named === "Ed25519" ? "EdDSA" : named;
  if (alg === undefined)
    throw new KeyFault("is missing, and no algorithm is known for the key's type and curve", "alg");
  if (!isPublicKeyAlgorithm(alg)) throw new KeyFault("must be RS256, RS512, PS256, ES256 or EdDSA", "alg");
  return alg;
}

function readKid(jwk: JsonObject): string | null {
  const kid = ownMember(jwk, "kid");
  if (kid === undefined) return null;
  if (typeof kid !== "string" || !isKid(kid))
    throw new KeyFault("must be 1 to 128 printable characters", "kid");
  return kid;
}
