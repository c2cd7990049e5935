import type {
  Attachment,
  AuthorKind,
  Contact,
  ConversationStatus,
  Message,
  Receipts,
} from "../../shared/protocol.ts";

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
  readonly attachments: readonly Attachment[];
  readonly at: number;
  /** Refuse with `session_revoked` where this session has ended by the time of the commit; null for agents. */
  readonly sessionId: string | null;
}

export type Appended =
  /** `repeated`: the same id and body were stored before; the message is the one stored then. */
  | { readonly ok: true; readonly message: Message; readonly repeated: boolean }
  /** `request_invalid`: the text contains U+0000. */
  | {
      readonly ok: false;
      readonly code: "message_conflict" | "session_revoked" | "not_found" | "request_invalid";
    };

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

/** How far a conversation has come. */
export interface ConversationHead {
  readonly id: string;
  readonly state: ConversationStatus;
  readonly assignee: string | null;
  readonly lastSeq: number;
  readonly customer: Receipts;
  readonly agent: Receipts;
}

/** Equal where nothing moved. */
export interface ReceiptsMoved {
  readonly before: Receipts;
  readonly after: Receipts;
}

export interface ConversationUpdated extends ConversationDetails {
  /** What the system wrote into the conversation with the change; null: nothing. */
  readonly notice: Message | null;
}

export interface ConversationStore {
  /**
   * Gives the message the next `seq`. All appends of one turn of the event loop share one commit.
   * A customer's message makes a waiting or closed conversation open.
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
  /** Of these conversations, in no order; unknown ones are left out, and those that a sign-in left empty. */
  heads(conversationIds: readonly string[]): Promise<readonly ConversationHead[]>;
  /**
   * Of those, previews apart, with a message or a change of state at `since` or later, by the clock of whoever made it;
   * most recent first. A receipt is no such change.
   */
  activeHeads(since: number, limit: number): Promise<readonly ConversationHead[]>;
  /** Moves positions forwards, never back and never past `lastSeq`; `read` moves `delivered` along. null: unknown conversation. */
  markReceipts(
    conversationId: string,
    by: "contact" | "agent",
    positions: Partial<Receipts>,
  ): Promise<ReceiptsMoved | null>;
  /**
   * Where it closes the conversation, or opens a closed one, a message of the system that says so takes the next `seq` in the
   * same commit: one for each change of state, and none where nobody has written yet. null: unknown conversation.
   */
  updateConversation(
    conversationId: string,
    change: { readonly state?: ConversationStatus; readonly assignee?: string | null },
    at: number,
  ): Promise<ConversationUpdated | null>;
}
