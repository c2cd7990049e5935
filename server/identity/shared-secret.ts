import type { CryptoKey } from "jose";
import { KeyFault } from "./key-fault.ts";
import { isKnownSecret } from "./known-secrets.ts";

const minBytes = 32;
const minDistinctBytes = 8;

/**
 * A shared token as an HS256 key (RFC 7518, section 3.2). Its bytes are those of its text in UTF-8.
 * @throws KeyFault whose message holds nothing of the secret
 */
export async function importSecret(secret: string): Promise<CryptoKey> {
  const fault = secretFault(secret);
  if (fault !== null) throw new KeyFault(fault);
  return crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
}

/** What makes a secret unfit, or null. Also judges VOUCH_SECRET. */
export function secretFault(secret: string): string | null {
  if (!secret.isWellFormed()) return "is not well-formed Unicode";
  const bytes = Buffer.from(secret);
  if (bytes.length < minBytes) return `has ${bytes.length} bytes; at least ${minBytes} are needed`;
  if (isKeyMaterial(secret)) return "is a PEM, JWK, certificate or public key, which others know";
  // Tools that set environment variables like to add a line feed, and every signature fails.
  if (secret.trim() !== secret) return "begins or ends with white space";
  if (isKnownSecret(secret)) return "is on public lists of secrets";
  if (new Set(bytes).size < minDistinctBytes || isRepetition(bytes) || isSequence(bytes))
    return "follows a pattern that is easily guessed";
  return null;
}

/**
 * Whoever configures public key material as a secret lets everybody sign who has the public key. White space in front
 * once hid it from such a check (CVE-2026-34950).
 */
function isKeyMaterial(secret: string): boolean {
  const text = secret.trim();
  return (
    text.includes("-----BEGIN") ||
    /^(ssh-|ecdsa-|---- BEGIN)/.test(text) ||
    (/^[{[]/.test(text) && text.includes('"kty"')) ||
    // DER of a key or certificate: a SEQUENCE longer than 127 bytes begins so in base64.
    (/^MI[GHI][A-Za-z0-9+/_\s-]+=*$/.test(text) && text.length >= 100)
  );
}

/** One unit of up to half the length, over and over. */
function isRepetition(bytes: Buffer): boolean {
  for (let unit = 1; unit <= bytes.length / 2; unit++) {
    if (bytes.subarray(unit).equals(bytes.subarray(0, bytes.length - unit))) return true;
  }
  return false;
}

/** Mostly neighbours: `0123456789abcdef…`, `aaaabbbbcccc…`. */
function isSequence(bytes: Buffer): boolean {
  let neighbours = 0;
  for (let at = 1; at < bytes.length; at++) {
    if (Math.abs((bytes[at] ?? 0) - (bytes[at - 1] ?? 0)) <= 1) neighbours++;
  }
  return neighbours > bytes.length * 0.6;
}
