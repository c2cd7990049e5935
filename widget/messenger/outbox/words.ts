/** Where the words that wait outlive the page: the interface, and what every implementation of it keeps apart. */

import type { OutboxItem } from "./courier.ts";

/** @param isNew no list is kept: none ever was, or the browser has cleared its storage since */
export type UpdateWords = (kept: readonly OutboxItem[], isNew: boolean) => readonly OutboxItem[];

/**
 * What waits of one owner, in the order written. The owner is a deployment and a contact of it, `{deploymentId}:{contactId}`:
 * nobody else is ever shown these words, and they are sent as nobody else.
 */
export interface WordStore {
  /**
   * One transaction among all tabs. `update` is pure; a list that it returns as it came is not written.
   * @returns what is kept then. Rejects where it can't be kept, and for ever after a wipe; then nothing has changed
   */
  change(update: UpdateWords): Promise<readonly OutboxItem[]>;
  /** The words were wiped, by whatever tab: this store keeps nothing any more. */
  isWiped(): boolean;
  /** What is on its way is still kept. */
  close(): void;
}

export interface WordStorage {
  open(owner: string): WordStore;
  /** Settles when the words are gone, or can't be wiped at once. Never rejects. */
  wipe(owner: string): Promise<void>;
}
