import type { Attachment } from "../../shared/protocol.ts";

/**
 * `storing`: the bytes are not all in their place. `ready`: they are, and nobody has sent it. `claimed`: a message is about
 * to carry it. `kept`: the message is known to be stored. `removing`: nobody may have it, and its bytes are to go.
 */
export type AttachmentState = "storing" | "ready" | "claimed" | "kept" | "removing";

/** The side of the conversation that sends it. */
export type Uploader = "contact" | "agent";

export interface AttachmentDraft {
  readonly attachment: Attachment;
  readonly conversationId: string;
  readonly uploader: Uploader;
  /** Refuse with `session_revoked` where this session has ended; null for agents. */
  readonly sessionId: string | null;
  readonly at: number;
  /** Refuse with `rate_limited` where this side's attachments since `since` would be more than `bytes`; null: no bound. */
  readonly allowance: { readonly bytes: number; readonly since: number } | null;
}

export type AttachmentAdded =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: "session_revoked" | "not_found" | "rate_limited" };

export interface AttachmentRecord {
  readonly attachment: Attachment;
  readonly conversationId: string;
  readonly uploader: Uploader;
  readonly state: AttachmentState;
}

/** Attachments that a message is about to carry. */
export interface AttachmentClaim {
  readonly conversationId: string;
  readonly uploader: Uploader;
  readonly messageId: string;
  readonly ids: readonly string[];
  readonly at: number;
}

export interface AttachmentStore {
  /** Before its bytes are put into their place: whatever lies there is known of. */
  addAttachment(draft: AttachmentDraft): Promise<AttachmentAdded>;
  /** Its bytes are in their place. @returns false where it was given up meanwhile */
  attachmentStored(id: string, at: number): Promise<boolean>;
  /**
   * For this message, now and whenever the claim is repeated; each attachment goes with one message.
   * @returns them in the order of `ids`, or null where one of them is not there to be claimed
   */
  claimAttachments(claim: AttachmentClaim): Promise<readonly Attachment[] | null>;
  attachment(id: string): Promise<AttachmentRecord | null>;
  /**
   * What nobody sent since `before` is given up, what a stored message carries is kept from then on.
   * @returns ids of those in the state `removing`, at most `limit`
   */
  settleAttachments(query: {
    readonly before: number;
    readonly at: number;
    readonly limit: number;
  }): Promise<readonly string[]>;
  /** Its bytes are gone. */
  forgetAttachment(id: string): Promise<void>;
}
