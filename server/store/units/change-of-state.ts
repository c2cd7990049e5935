/** What an agent makes of a conversation, and what the system says of it there. */

import type { Kysely } from "kysely";
import type { ConversationStatus } from "../../../shared/protocol.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { ConversationUpdated } from "../store.ts";
import { type Unit, write } from "../unit.ts";
import { type ConversationRow, conversationUnits } from "./conversation.ts";
import type { conversationListUnits } from "./conversation-list.ts";
import { messageUnits } from "./message.ts";

/** Agents read them as well, and so they are stored in one language; a site's own texts may stand in for them. */
export const stateNotices = {
  closed: "Conversation closed.",
  reopened: "Conversation reopened.",
} as const;

export interface ConversationChange {
  readonly state?: ConversationStatus;
  readonly assignee?: string | null;
}

export function changeOfStateUnits(
  db: Kysely<Schema>,
  lists: Pick<ReturnType<typeof conversationListUnits>, "withDetails">,
) {
  const conversations = conversationUnits(db);
  const messages = messageUnits(db);
  const update = statement(
    (p: Pick<ConversationRow, "key" | "state" | "assignee" | "last_seq" | "updated_at">) =>
      db
        .updateTable("conversation")
        .set({ state: p.state, assignee: p.assignee, last_seq: p.last_seq, updated_at: p.updated_at })
        .where("key", "=", p.key),
  );

  return {
    /** What was acknowledged before must be in the conversation's row. null: unknown conversation. */
    *change(id: string, change: ConversationChange, at: number): Unit<ConversationUpdated | null> {
      const found = yield* conversations.find(id);
      if (!found) return null;
      const { state = found.state, assignee = found.assignee } = change;
      const text = noticeOf(found, state);
      const changed = {
        ...found,
        state,
        assignee,
        last_seq: found.last_seq + (text ? 1 : 0),
        updated_at: Math.max(found.updated_at, at),
      };
      yield* write(update, changed);
      const notice = text && (yield* messages.addNotice(found.key, text, changed.last_seq, at));
      const [details] = yield* lists.withDetails([changed]);
      return details ? { ...details, notice: notice || null } : null;
    },
  };
}

/** Nobody is shown a conversation that nobody has written into. */
function noticeOf({ state: before, last_seq }: ConversationRow, after: ConversationStatus): string | null {
  if (last_seq === 0 || (before === "closed") === (after === "closed")) return null;
  return after === "closed" ? stateNotices.closed : stateNotices.reopened;
}
