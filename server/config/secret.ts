import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Keeps secrets unreadable at rest. */
export interface Sealer {
  /** Another text each time. */
  seal(text: string): string;
  /** @throws SealBroken where the text was sealed under another secret, or changed since */
  open(sealed: string): string;
  /** The same text under the current secret; untouched where it is so already, or can't be opened. */
  renew(sealed: string): string;
  /** Tell one key from another, and nothing of the key: of the one that seals, then of the former. */
  readonly keyIds: readonly [string, ...string[]];
}

export class SealBroken extends Error {
  override readonly name = "SealBroken";

  constructor() {
    super("A stored secret can't be opened: VOUCH_SECRET is not the one it was sealed under.");
  }
}

/** Names how the text was sealed, so that a later way can live beside it. */
const version = "v1.";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) under a key derived from VOUCH_SECRET by HKDF-SHA-256 (RFC 5869).
 * @param previous what VOUCH_SECRET was before: it opens what was sealed then, and seals nothing
 */
export function createSealer(secret: string, previous: string | null = null): Sealer {
  const key = deriveKey(secret);
  const formerKey = previous === null ? null : deriveKey(previous);

  function seal(text: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return version + sealed.toString("base64url");
  }

  const formerKeyIds = previous === null ? [] : [keyIdOf(previous)];
  const openFormer = (sealed: string): string | null => formerKey && decrypt(formerKey, sealed);

  return {
    keyIds: [keyIdOf(secret), ...formerKeyIds],
    seal,
    open(sealed) {
      const text = decrypt(key, sealed) ?? openFormer(sealed);
      if (text === null) throw new SealBroken();
      return text;
    },
    renew(sealed) {
      if (decrypt(key, sealed) !== null) return sealed;
      const text = openFormer(sealed);
      return text === null ? sealed : seal(text);
    },
  };
}

const deriveKey = (secret: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", "vouch sealed secrets", 32));

/** Derived beside the key and not from it: whoever reads it is no nearer to the key than with a sealed text. */
const keyIdOf = (secret: string): string =>
  Buffer.from(hkdfSync("sha256", secret, "", "vouch sealing key id", 9)).toString("base64url");

/** @returns null where the key is another, or the text was changed */
function decrypt(key: Buffer, sealed: string): string | null {
  if (!sealed.startsWith(version)) return null;
  const bytes = Buffer.from(sealed.slice(version.length), "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
