/** What leaves the store for good: contacts that are erased, and what a community's policy keeps no longer. */

import type { Contact } from "../../shared/protocol.ts";
import type { ListedSession } from "./session-store.ts";

/** Everything that is kept of a contact beside its messages, which are read by conversation. */
export interface ContactRecord {
  readonly contact: Contact;
  readonly createdAt: number;
  /** Ended and expired ones as well, as far as they have not been swept; newest first. */
  readonly sessions: readonly ListedSession[];
  readonly conversationIds: readonly string[];
}

/** What is gone. Sockets and files are for the caller to end. */
export interface Erased {
  /** The contact's, and those of visitors whose words were joined to its conversation. */
  readonly contactIds: readonly string[];
  /** That were alive. */
  readonly endedSessions: readonly string[];
  readonly conversationIds: readonly string[];
  readonly messages: number;
  readonly attachmentIds: readonly string[];
}

/** Remembers that a contact was erased, by an id that says nothing about it: a backup of before must not bring it back. */
export interface Erasure {
  readonly contactId: string;
  readonly at: number;
}

export interface RetentionPolicy {
  readonly communityId: string;
  /** Messages stored before this are removed, oldest first, so that what is left has no gap; null: none. */
  readonly messagesBefore: number | null;
  /** Visitors without a live session, whose conversation last changed before this, are erased; null: none. */
  readonly visitorsBefore: number | null;
}

export interface Expired extends Erased {
  /** Where to go on; null: every conversation of the community has been looked at. */
  readonly cursor: string | null;
}

export interface ErasureStore {
  findContact(platformKey: string): Promise<Contact | null>;
  contactRecord(contactId: string): Promise<ContactRecord | null>;
  /** All or nothing; revokes the identity tokens of what it ends. null: no such contact, or erased before. */
  eraseContact(contactId: string, at: number): Promise<Erased | null>;
  wasErased(contactId: string): Promise<boolean>;
  /** In the order of their contacts' ids. @param after the last one of the page before */
  erasures(query: { readonly after: string | null; readonly limit: number }): Promise<readonly Erasure[]>;
  /** Applies the policy to a few conversations. @param cursor of the call before; null: from the beginning */
  expire(policy: RetentionPolicy, cursor: string | null, at: number): Promise<Expired>;
}
