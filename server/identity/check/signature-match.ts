import { createHmac } from "node:crypto";
import { exportSPKI } from "jose/key/export";
import type { VerificationKey } from "../keys.ts";
import { misreadKeys } from "../shared-secret.ts";
import { verifySignature } from "../signature.ts";
import { ownMember } from "../strict-json.ts";
import { valueOrNull } from "./report.ts";
import { knownKeys, type OwnedKey, type Subject } from "./subject.ts";

/** The keys, among all that are configured, that made the signature. */
export async function findSigner(subject: Subject): Promise<OwnedKey | null> {
  const { text } = subject.reading;
  if (text === null) return null;
  for (const owned of knownKeys(subject)) if (await verifies(text, owned.key)) return owned;
  return null;
}

/** The phrase for what the signer made of one of the community's shared tokens; null where it made none. */
export async function findMisreadSecret(
  text: string,
  { community }: Pick<Subject, "community">,
): Promise<string | null> {
  for (const { kid, alg, key } of community.keys)
    for (const misread of await misreadKeys(key))
      if (await verifies(text, { kid, alg, key: misread.key })) return misread.phrase;
  return null;
}

const hmacHashes: ReadonlyMap<unknown, string> = new Map([
  ["HS256", "sha256"],
  ["HS384", "sha384"],
  ["HS512", "sha512"],
]);

/** Algorithm confusion (RFC 8725, section 2.1): an HMAC under the text of a public key. */
export async function verifiesWithPublicKey({ reading, community }: Subject): Promise<boolean> {
  const { text, header } = reading;
  const hash = hmacHashes.get(header && ownMember(header, "alg"));
  if (text === null || hash === undefined) return false;
  const at = text.lastIndexOf(".");
  for (const { key } of community.keys.filter(({ alg }) => alg !== "HS256")) {
    const pem = await exportSPKI(key);
    for (const secret of [pem, `${pem}\n`, pem.replaceAll("\n", "\r\n"), derOf(pem), bodyOf(pem)]) {
      const mac = createHmac(hash, secret).update(text.slice(0, at)).digest("base64url");
      if (mac === text.slice(at + 1)) return true;
    }
  }
  return false;
}

const bodyOf = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, "");
const derOf = (pem: string): Buffer => Buffer.from(bodyOf(pem), "base64");

/** A key of another algorithm than the token's is refused before it computes anything. */
const verifies = async (text: string, key: VerificationKey): Promise<boolean> =>
  (await valueOrNull(() => verifySignature(text, key).then(() => true))) === true;
