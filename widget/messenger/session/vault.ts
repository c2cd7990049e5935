/**
 * Sessions that outlive a reload, in the frame origin's storage, which the host page can't read: a signed-in one in this
 * tab only, beside the fingerprint of the claim it was asserted with; a visitor's for whoever returns to this browser.
 */

import type { KeyValue, Surroundings } from "../surroundings.ts";

export interface StoredSession {
  readonly sessionToken: string;
  readonly claimHash: string;
  /** Whose it is: so that their words can be wiped with it. */
  readonly contactId: string;
}

/** Room for one session. */
export interface Slot {
  read(): StoredSession | null;
  /** null: wipes it. */
  write(session: StoredSession | null): void;
}

export interface Vault {
  readonly signedIn: Slot;
  readonly visitor: Slot;
  /** The fingerprint of the last claim that works once and has been sent. */
  readonly spent: { read(): string | null; write(claimHash: string | null): void };
}

export function createVault(
  { tabStorage, storage }: Pick<Surroundings, "tabStorage" | "storage">,
  deploymentId: string,
): Vault {
  const key = (name: string): string => `vouch:${deploymentId}:${name}`;
  return {
    signedIn: createSlot(tabStorage, key("session")),
    visitor: createSlot(storage, key("visitor")),
    spent: {
      read: () => tabStorage.get(key("spent")),
      write: (claimHash) => tabStorage.set(key("spent"), claimHash),
    },
  };
}

const createSlot = (storage: KeyValue, key: string): Slot => ({
  read() {
    const [sessionToken, claimHash = "", contactId = ""] = storage.get(key)?.split(" ") ?? [];
    return sessionToken ? { sessionToken, claimHash, contactId } : null;
  },
  write: (session) =>
    storage.set(key, session && `${session.sessionToken} ${session.claimHash} ${session.contactId}`),
});
