import type { VerificationKey } from "../keys.ts";
import { explainForeign } from "./foreign-token.ts";
import type { Advice } from "./report.ts";
import { findMisreadSecret, findSigner, verifiesWithPublicKey } from "./signature-match.ts";
import { ownedBy, type Subject } from "./subject.ts";

/** Bytes of a signature whose length is fixed (RFC 7518, section 3.4; RFC 8037, section 3.1). */
const signatureBytes: Readonly<Record<string, number>> = { HS256: 32, ES256: 64, EdDSA: 64 };

/** Why the key that the token names did not make its signature. */
export async function explainSignature(
  subject: Subject,
  text: string,
  key: VerificationKey,
): Promise<Advice | null> {
  const misread = await findMisreadSecret(text, subject);
  if (misread !== null)
    return {
      cause: `The token was signed with ${misread}.`,
      fix: "Sign with the bytes of the secret's text exactly as it is configured, in UTF-8, neither decoded nor encoded.",
    };
  if (await verifiesWithPublicKey(subject))
    return {
      cause: "It was signed with a public key as if that were a shared secret (algorithm confusion).",
      fix: "If no server of yours made this token, somebody tried to get in with it. Sign with the shared token.",
    };
  const signer = await findSigner(subject);
  if (signer)
    return {
      cause: `The signature is that of ${ownedBy(signer, subject.community)}.`,
      fix:
        signer.communityId === subject.community.id
          ? "Put the id of that key into the header as kid, or sign with the key that kid names."
          : `Pass the token to a deployment of ${signer.communityId}, or sign it with a key of ${subject.community.id}.`,
    };
  return explainForm(text, key) ?? explainForeign(subject);
}

function explainForm(text: string, { alg }: VerificationKey): Advice | null {
  const signature = Buffer.from(text.slice(text.lastIndexOf(".") + 1), "base64url");
  const expected = signatureBytes[alg];
  if (alg === "ES256" && signature[0] === 0x30 && signature[1] === signature.length - 2)
    return {
      cause: "The signature is in DER.",
      fix: "ES256 needs r and s as 64 bytes (RFC 7518, section 3.4); in Node: dsaEncoding “ieee-p1363”.",
    };
  if (/^[0-9a-f]+$/i.test(signature.toString("latin1")))
    return {
      cause: "The signature was encoded in hexadecimal first.",
      fix: "Encode its bytes in base64url.",
    };
  if (expected !== undefined && signature.length !== expected)
    return { cause: `It has ${signature.length} bytes; those of ${alg} have ${expected}.` };
  return null;
}
