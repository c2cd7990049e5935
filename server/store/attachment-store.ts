import type { Attachment } from "../../shared/protocol.ts";

/**
 * `storing`: the bytes are not all in their place. `ready`: they are, and nobody has sent it. `claimed`: a message is about
 * to carry it. `kept`: the message is known to be stored. `removing`: nobody may have it, and its bytes are removed.
 */
export type AttachmentState = "storing" | "ready" | "claimed" | "kept" | "removing";

/** The side of the conversation that sends it. */
export type Uploader = "contact" | "agent";

export interface AttachmentRecord extends Attachment {
  readonly conversationId: string;
  readonly uploader: Uploader;
  readonly state: AttachmentState;
}
