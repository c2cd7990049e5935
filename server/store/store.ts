/**
 * What the server needs of its store. SQLite implements it here; `contract.suite.ts` is the suite that every
 * implementation runs.
 *
 * Each method is one transaction, and its promise settles once the transaction is durable: whoever is told “yes” after
 * awaiting it may rely on it. Times are milliseconds since 1970-01-01 UTC and are handed in; the store reads no clock.
 */

import type { AuthorKind, Contact, ConversationStatus, Message, Receipts } from "../../shared/protocol.ts";
import type { SignedField, TokenUse } from "../identity/identity.ts";

// ---- Contacts and sessions -----------------------------------------------------------------------------------------

export type SessionMethod = "contactJwt" | "platformJwt" | "anonymous";

/** Whom a new session is for. A verified contact is found by its platform key, or made; a visitor is always new. */
export type ContactAssertion =
  | {
      readonly verified: true;
      readonly communityId: string;
      readonly platformKey: string;
      readonly authId: string;
      readonly identity: string;
      /** Merged over the stored fields; each becomes a field of source `token`. */
      readonly fields: Readonly<Record<string, SignedField>>;
    }
  | { readonly verified: false; readonly communityId: string };

export interface SessionTimes {
  readonly idleExpiresAt: number;
  readonly absoluteExpiresAt: number;
}

export interface SessionOpening extends SessionTimes {
  /** SHA-256 of the session token, lower-case hex. */
  readonly tokenHash: string;
  readonly deploymentId: string;
  readonly method: SessionMethod;
  /** Short description of the device for the customer's list of sessions: `Chrome on Windows`. */
  readonly device: string;
  readonly contact: ContactAssertion;
  /** null for a visitor. */
  readonly identityToken: TokenUse | null;
  readonly preview: boolean;
  readonly at: number;
}

export interface SessionRecord extends SessionTimes {
  readonly id: string;
  readonly contactId: string;
  readonly conversationId: string;
  readonly communityId: string;
  readonly deploymentId: string;
  readonly method: SessionMethod;
  readonly preview: boolean;
  readonly createdAt: number;
  /** null while it lives. Expiry is a matter of the times and the clock, not of this. */
  readonly endedAt: number | null;
}

export interface SessionDetails {
  readonly session: SessionRecord;
  readonly contact: Contact;
  readonly conversation: ConversationRecord;
}

export type SessionOpened =
  | ({ readonly ok: true } & SessionDetails)
  | { readonly ok: false; readonly code: "token_revoked" | "token_replayed" };

export type SessionRenewed =
  | ({ readonly ok: true } & SessionDetails)
  | {
      readonly ok: false;
      readonly code:
        | "token_revoked"
        | "token_replayed"
        | "identity_changed"
        | "session_missing"
        | "session_revoked";
    };

export interface SessionRenewal extends SessionTimes {
  readonly sessionId: string;
  /** Hash of the new session token; the old one stops in the same transaction. */
  readonly tokenHash: string;
  readonly contact: ContactAssertion;
  readonly identityToken: TokenUse | null;
  readonly at: number;
}

export interface SessionStore {
  /** Checks revocation and replay, finds or makes contact and conversation, stores the session: all or nothing. */
  openSession(opening: SessionOpening): Promise<SessionOpened>;
  /** For `/authorize`: the same checks of the token and the same update of the contact, without a session. */
  recordContact(
    contact: Extract<ContactAssertion, { verified: true }>,
    token: TokenUse,
    at: number,
  ): Promise<
    { readonly ok: true } | { readonly ok: false; readonly code: "token_revoked" | "token_replayed" }
  >;
  findSession(tokenHash: string): Promise<SessionDetails | null>;
  renewSession(renewal: SessionRenewal): Promise<SessionRenewed>;
  /** Moves the idle expiry of a live session; never past its absolute expiry, never backwards. */
  touchSession(sessionId: string, idleExpiresAt: number): Promise<void>;
  /**
   * Ends the session and revokes the identity tokens that opened and renewed it; `everywhere` also every other session of
   * the contact with its tokens, and every token issued before this second.
   * Idempotent. Answers with the ids of the sessions that ended now.
   */
  endSession(end: {
    readonly tokenHash: string;
    readonly everywhere: boolean;
    readonly at: number;
  }): Promise<readonly string[]>;
  /** Which of these sessions have ended: asked where the bus may have dropped a revocation. */
  endedAmong(sessionIds: readonly string[]): Promise<readonly string[]>;
  /** Forgets ended and expired sessions, revoked tokens and used `jti`s whose own expiry has passed. */
  sweepSessions(at: number): Promise<void>;
}

// ---- Conversations -------------------------------------------------------------------------------------------------

export interface ConversationRecord {
  readonly id: string;
  readonly contactId: string;
  readonly communityId: string;
  readonly deploymentId: string;
  readonly preview: boolean;
  readonly state: ConversationStatus;
  readonly assignee: string | null;
  readonly lastSeq: number;
  readonly customer: Receipts;
  readonly agent: Receipts;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface MessageDraft {
  readonly conversationId: string;
  readonly id: string;
  readonly author: { readonly kind: AuthorKind; readonly name: string | null };
  readonly verified: boolean;
  readonly text: string;
  readonly at: number;
  /** Refuse with `session_revoked` where this session has ended by the time of the commit; null for agents. */
  readonly sessionId: string | null;
}

export type Appended =
  /** `repeated`: the same id and body were stored before; the message is the one stored then. */
  | { readonly ok: true; readonly message: Message; readonly repeated: boolean }
  | { readonly ok: false; readonly code: "message_conflict" | "session_revoked" | "not_found" };

export interface PageQuery {
  /** Only messages with a smaller `seq`: the page is the newest of them. */
  readonly before?: number;
  /** Only messages with a greater `seq`: the page is the oldest of them. Excludes `before`. */
  readonly after?: number;
  /** 1–100. */
  readonly limit: number;
}

export interface ConversationQuery {
  readonly state?: ConversationStatus;
  readonly preview: boolean;
  readonly cursor?: string;
  readonly limit: number;
}

export interface ConversationDetails {
  readonly conversation: ConversationRecord;
  readonly contact: Contact;
  readonly lastMessage: Message | null;
}

/** Equal where nothing moved. */
export interface ReceiptsMoved {
  readonly before: Receipts;
  readonly after: Receipts;
}

export interface ConversationStore {
  /**
   * Gives the message the next `seq`. All appends of one turn of the event loop share one commit.
   * A customer's message opens a closed conversation again.
   */
  append(draft: MessageDraft): Promise<Appended>;
  messages(
    conversationId: string,
    query: PageQuery,
  ): Promise<{ readonly messages: readonly Message[]; readonly lastSeq: number }>;
  conversation(conversationId: string): Promise<ConversationDetails | null>;
  /** Conversations with at least one message, most recently active first. Throws `request_invalid` on a foreign cursor. */
  conversations(
    query: ConversationQuery,
  ): Promise<{ readonly items: readonly ConversationDetails[]; readonly cursor: string | null }>;
  /** Moves positions forwards, never back and never past `lastSeq`; `read` moves `delivered` along. null: unknown conversation. */
  markReceipts(
    conversationId: string,
    by: "contact" | "agent",
    positions: Partial<Receipts>,
  ): Promise<ReceiptsMoved | null>;
  updateConversation(
    conversationId: string,
    change: { readonly state?: ConversationStatus; readonly assignee?: string | null },
    at: number,
  ): Promise<ConversationDetails | null>;
}

// ---- Server keys ---------------------------------------------------------------------------------------------------

export interface StoredPlatformKey {
  readonly kid: string;
  /** Private JWK, encrypted under VOUCH_SECRET. */
  readonly sealedJwk: string;
  readonly createdAt: number;
}

export interface KeyStore {
  /** Newest first. */
  platformKeys(): Promise<readonly StoredPlatformKey[]>;
  /** Keeps the first of two nodes that add a key at the same time: answers with the keys that stand afterwards. */
  addPlatformKey(key: StoredPlatformKey, unlessNewerThan: number): Promise<readonly StoredPlatformKey[]>;
  removePlatformKeys(createdBefore: number): Promise<void>;
}

export interface Store extends SessionStore, ConversationStore, KeyStore {
  /** Resolves if the store answers; what `/readyz` asks. */
  ping(): Promise<void>;
  /** Settles after everything accepted is durable. */
  close(): Promise<void>;
}
