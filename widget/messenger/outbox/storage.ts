import type { Outbox } from "./outbox.ts";

/** Where an outbox outlives the connection, under the id of the contact who wrote it. */
export interface OutboxStorage {
  read(contactId: string): Outbox;
  write(contactId: string, outbox: Outbox): void;
  /** Everyone's: after a logout nothing stays. */
  clear(): void;
}

export function createMemoryStorage(): OutboxStorage {
  const outboxes = new Map<string, Outbox>();
  return {
    read: (contactId) => outboxes.get(contactId) ?? [],
    write: (contactId, outbox) => void outboxes.set(contactId, outbox),
    clear: () => outboxes.clear(),
  };
}
