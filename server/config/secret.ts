import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Keeps secrets unreadable at rest. */
export interface Sealer {
  /** Another text each time. */
  seal(text: string): string;
  /** @throws Error where the text was sealed under another secret, or changed since */
  open(sealed: string): string;
}

/** Names how the text was sealed, so that a later way can live beside it. */
const version = "v1.";
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM (NIST SP 800-38D) under a key derived from VOUCH_SECRET by HKDF-SHA-256 (RFC 5869). */
export function createSealer(secret: string): Sealer {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "vouch sealed secrets", 32));
  return {
    seal(text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return version + sealed.toString("base64url");
    },
    open(sealed) {
      try {
        return decrypt(key, sealed);
      } catch {
        throw new Error("A stored secret can't be opened: VOUCH_SECRET is not the one it was sealed under.");
      }
    },
  };
}

function decrypt(key: Buffer, sealed: string): string {
  if (!sealed.startsWith(version)) throw new Error("unknown version");
  const bytes = Buffer.from(sealed.slice(version.length), "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  return Buffer.concat([text, decipher.final()]).toString("utf8");
}
