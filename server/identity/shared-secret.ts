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
  const key = await hmacKey(Buffer.from(secret));
  misreadings.set(key, () => misreadingsOf(secret));
  return key;
}

/** By key, for as long as the key lives; the texts are reachable by no other way. */
const misreadings = new WeakMap<CryptoKey, () => readonly Misreading[]>();

/** What a signer made of the configured text where it should have taken the text's own bytes. */
interface Misreading {
  /** Completes “The token was signed with”. */
  readonly phrase: string;
  readonly bytes: Buffer;
}

/**
 * For reports only, never for letting anybody in: keys that a signer is likely to have used by mistake.
 * @returns none for a key that `importSecret` did not make
 */
export async function misreadKeys(
  key: CryptoKey,
): Promise<readonly { readonly phrase: string; readonly key: CryptoKey }[]> {
  const found = misreadings.get(key)?.() ?? [];
  return Promise.all(found.map(async ({ phrase, bytes }) => ({ phrase, key: await hmacKey(bytes) })));
}

function misreadingsOf(secret: string): readonly Misreading[] {
  const [text, bytes] = [secret, Buffer.from(secret)];
  const candidates: readonly (readonly [string, Buffer])[] = [
    ["the secret decoded from base64url or base64", Buffer.from(text, "base64url")],
    [
      "the secret decoded from hexadecimal",
      /^([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, "hex") : bytes,
    ],
    ["the secret encoded in base64", Buffer.from(bytes.toString("base64"))],
    ["the secret encoded in base64url", Buffer.from(bytes.toString("base64url"))],
    ["the secret encoded in hexadecimal", Buffer.from(bytes.toString("hex"))],
    ["the secret and a line feed behind it", Buffer.from(`${text}\n`)],
    ["the secret and a carriage return and a line feed behind it", Buffer.from(`${text}\r\n`)],
    ["the secret and a space behind it", Buffer.from(`${text} `)],
    ["the secret in quotation marks", Buffer.from(`"${text}"`)],
    ["the secret in apostrophes", Buffer.from(`'${text}'`)],
    ["the secret in lower case", Buffer.from(text.toLowerCase())],
    ["the secret in upper case", Buffer.from(text.toUpperCase())],
    ["the secret without its last character", Buffer.from(text.slice(0, -1))],
  ];
  return candidates
    .filter(([, candidate]) => candidate.length > 0 && !candidate.equals(bytes))
    .map(([phrase, candidate]) => ({ phrase, bytes: candidate }));
}

const hmacKey = (bytes: Buffer): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", Buffer.from(bytes), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);

/** What makes a secret unfit, or null. Also judges VOUCH_SECRET. */
export function secretFault(secret: string): string | null {
  if (!secret.isWellFormed()) return "is not well-formed Unicode";
  const bytes = Buffer.from(secret);
  if (bytes.length < minBytes) return `has ${bytes.length} bytes; at least ${minBytes} are needed`;
  if (/^(\{\{.*\}\}|<.*>|\$\{.*\}|%.*%)$/s.test(secret.trim()))
    return "is a placeholder that was not replaced";
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
    (/^MI[GHI][A-Za-z0-9+/_\s-]+=*$/.test(text) && text.length >= 100) ||
    // Shorter ones: P-256, Ed25519, Ed25519's private half.
    /^(MFkwEwYHKoZI|MCowBQYDK2Vw|MC4CAQAwBQYDK2Vw)/.test(text) ||
    // “-----BEGIN” and `{"kty"` once more in base64.
    /^(LS0tLS1CRUdJTi|eyJrdHki)/.test(text)
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
