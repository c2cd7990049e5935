import type { Attachment } from "../../shared/protocol.ts";
import type { Attachments } from "../attachment/attachments.ts";
import type { OutgoingMessage } from "./conversations.ts";

/**
 * Messages with attachments claim them first, which takes a round trip to the store; what was said after them waits for that,
 * so that a conversation keeps the order in which it was written.
 */
export interface Claims {
  /** What to await before the message is stored; null: nothing. Rejects with `attachment_refused`, for this message alone. */
  before(message: OutgoingMessage): Promise<readonly Attachment[]> | null;
}

export function createClaims(attachments: Pick<Attachments, "claim">): Claims {
  /** By conversation: settles, and never rejects, once the last message that claims or waits may go on. */
  const last = new Map<string, Promise<unknown>>();

  return {
    before(message) {
      const { conversationId, id: messageId, author, attachments: ids = [] } = message;
      const earlier = last.get(conversationId);
      if (ids.length === 0 && !earlier) return null;
      const uploader = author.kind === "contact" ? "contact" : "agent";
      const claimed =
        ids.length > 0
          ? attachments.claim({ conversationId, uploader, messageId, ids })
          : Promise.resolve([]);
      const turn = (async () => {
        await earlier;
        return await claimed;
      })();
      // Handled even while the earlier ones are awaited.
      claimed.catch(() => {});
      const done = turn.then(ignore, ignore).then(() => {
        if (last.get(conversationId) === done) last.delete(conversationId);
      });
      last.set(conversationId, done);
      return turn;
    },
  };
}

const ignore = (): void => {};
