/**
 * Sessions that outlive a reload, in the frame origin's storage, which the host page can't read: a signed-in one in this
 * tab only, beside the hash of the identity token it was asserted with; a visitor's for whoever returns to this browser.
 */

import type { Surroundings } from "../surroundings.ts";
import { isShape, isText, parseJson } from "../transport/shape.ts";

export interface StoredSession {
  readonly sessionToken: string;
  /** SHA-256 of the asserted identity token. */
  readonly claimHash: string;
}

const isStoredSession = isShape<StoredSession>({ sessionToken: isText, claimHash: isText });

export interface Vault {
  signedIn(): StoredSession | null;
  visitor(): string | null;
  keepSignedIn(session: StoredSession): void;
  keepVisitor(sessionToken: string): void;
  forgetSignedIn(): void;
  forgetVisitor(): void;
}

export function createVault(
  { tabStorage, storage }: Pick<Surroundings, "tabStorage" | "storage">,
  deploymentId: string,
): Vault {
  const signedInKey = `vouch:${deploymentId}:session`;
  const visitorKey = `vouch:${deploymentId}:visitor`;
  return {
    signedIn() {
      const value = parseJson(tabStorage.getItem(signedInKey) ?? "");
      return isStoredSession(value) ? value : null;
    },
    visitor: () => storage.getItem(visitorKey),
    keepSignedIn: (session) => tabStorage.setItem(signedInKey, JSON.stringify(session)),
    keepVisitor: (sessionToken) => storage.setItem(visitorKey, sessionToken),
    forgetSignedIn: () => tabStorage.removeItem(signedInKey),
    forgetVisitor: () => storage.removeItem(visitorKey),
  };
}
