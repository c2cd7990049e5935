import { isUtf8 } from "node:buffer";
import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import { exportJWK } from "jose/key/export";
import { isKid } from "../header.ts";
import { importJwk } from "../jwk.ts";
import type { KeyLeftOut } from "../jwk-sets.ts";
import { KeyFault } from "../key-fault.ts";
import type { VerificationKey } from "../keys.ts";
import { isJsonObject, JsonFault, ownMember, parseStrictJson } from "../strict-json.ts";

const maxKeys = 100;
/** A set nests to 4 with the certificates of its keys; members that are not known here may go deeper. */
const maxDepth = 8;

export interface SetKey {
  readonly key: VerificationKey;
  /** JWK thumbprint (RFC 7638): tells a key from another that took its `kid`. */
  readonly fingerprint: string;
}

export interface ReadSet {
  /** By `kid`. */
  readonly keys: ReadonlyMap<string, SetKey>;
  readonly leftOut: readonly KeyLeftOut[];
}

/** Why a document is no JWK set that is taken: a sentence with the fix. */
export class JwkSetFault extends Error {
  override readonly name = "JwkSetFault";
}

/** @throws JwkSetFault */
export function decodeSet(body: Buffer): string {
  if (!isUtf8(body)) throw new JwkSetFault("The answer is not UTF-8; serve the JWK set in UTF-8.");
  return body.toString("utf8");
}

/**
 * A JWK set (RFC 7517, section 5). A key that is unfit is left out with the reason and spoils no other: sets hold keys
 * for encryption and for algorithms that are not taken here (the RFC asks for the same). So a set may end up with no key
 * at all, and then none verifies: its owner took them away. What is no JWK set, an error page for one, says nothing about
 * keys and is a fault.
 *
 * @param nowMs decides whether certificates in `x5c` are valid
 * @throws JwkSetFault
 */
export async function readJwkSet(document: string, nowMs: number): Promise<ReadSet> {
  const keys = new Map<string, SetKey>();
  const leftOut: KeyLeftOut[] = [];
  for (const [index, jwk] of elementsOf(document).entries()) {
    try {
      const key = await importJwk(jwk, nowMs);
      if (key.kid === null) throw new KeyFault("is missing: no token can name the key", "kid");
      if (keys.has(key.kid)) throw new KeyFault("is that of a key before it", "kid");
      keys.set(key.kid, { key, fingerprint: await calculateJwkThumbprint(await exportJWK(key.key)) });
    } catch (error) {
      if (!(error instanceof KeyFault)) throw error;
      leftOut.push({ index, kid: kidOf(jwk), reason: `${error.member} ${error.message}`.trim() });
    }
  }
  return { keys, leftOut };
}

function elementsOf(document: string): readonly unknown[] {
  const set = parse(document);
  const keys = isJsonObject(set) ? ownMember(set, "keys") : undefined;
  if (!Array.isArray(keys))
    throw new JwkSetFault('The answer is JSON but no JWK set; serve an object with an array "keys".');
  if (keys.length > maxKeys)
    throw new JwkSetFault(`The JWK set has ${keys.length} keys; serve ${maxKeys} at most.`);
  return keys;
}

function parse(document: string): unknown {
  try {
    // Editors that put a byte order mark in front mean no harm.
    return parseStrictJson(document.replace(/^\uFEFF/, ""), maxDepth);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const fault = error.path ? `${error.path} ${error.message}` : error.message;
    throw new JwkSetFault(`The answer is no JWK set: it ${fault}. Serve {"keys":[…]}.`);
  }
}

function kidOf(jwk: unknown): string | null {
  const kid = isJsonObject(jwk) ? ownMember(jwk, "kid") : undefined;
  return typeof kid === "string" && isKid(kid) ? kid : null;
}
