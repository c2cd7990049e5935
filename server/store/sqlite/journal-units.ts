/** The statements of the journal; `journal.ts` tells what it is for. */

import type { Kysely } from "kysely";
import type { ConversationStatus, Message } from "../../../shared/protocol.ts";
import type { NewMessage } from "../append.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, rows, type Unit, write } from "../unit.ts";
import { messageUnits, toMessage } from "../units/message.ts";

interface JournalSchema extends Schema {
  message_journal: {
    position: number;
    /** JSON array of `NewMessage`. */
    messages: string;
  };
}

export interface JournalEntry {
  readonly position: number;
  readonly messages: readonly NewMessage[];
}

export interface ConversationHead {
  readonly key: number;
  readonly last_seq: number;
  readonly updated_at: number;
  readonly state: ConversationStatus;
}

export function journalUnits(schema: Kysely<Schema>) {
  const db = schema.withTables<Pick<JournalSchema, "message_journal">>();

  const messages = messageUnits(schema);

  // Journal entries outlive the conversations that a visitor's sign-in emptied: nothing is filed there again.
  const findHead = statement((p: { id: string }) =>
    db
      .selectFrom("conversation")
      .select(["key", "last_seq", "updated_at", "state"])
      .where("id", "=", p.id)
      .where("moved_to", "is", null),
  );
  const findMessage = statement((p: { key: number; id: string }) =>
    db.selectFrom("message").selectAll().where("conversation_key", "=", p.key).where("id", "=", p.id),
  );
  const findLive = statement((p: { sessionId: string }) =>
    db.selectFrom("session").select("id").where("id", "=", p.sessionId).where("ended_at", "is", null),
  );
  const insertEntry = statement((p: { position: number; messages: string }) =>
    db.insertInto("message_journal").values({ position: p.position, messages: p.messages }),
  );
  const allEntries = statement((_: Record<never, never>) =>
    db.selectFrom("message_journal").selectAll().orderBy("position"),
  );
  const removeBefore = statement((p: { position: number }) =>
    db.deleteFrom("message_journal").where("position", "<", p.position),
  );
  const moveHead = statement(
    (p: { key: number; lastSeq: number; updatedAt: number; state: ConversationStatus }) =>
      db
        .updateTable("conversation")
        .set({ last_seq: p.lastSeq, updated_at: p.updatedAt, state: p.state })
        .where("key", "=", p.key),
  );

  return {
    *head(conversationId: string): Unit<ConversationHead | undefined> {
      return yield* row(findHead, { id: conversationId });
    },

    *message(key: number, id: string): Unit<Message | null> {
      const found = yield* row(findMessage, { key, id });
      return found ? toMessage(found) : null;
    },

    *isLive(sessionId: string): Unit<boolean> {
      return (yield* row(findLive, { sessionId })) !== undefined;
    },

    *record(position: number, messages: readonly NewMessage[]): Unit<void> {
      yield* write(insertEntry, { position, messages: JSON.stringify(messages) });
    },

    *recorded(): Unit<readonly JournalEntry[]> {
      const entries = yield* rows(allEntries, {});
      return entries.map(({ position, messages }) => ({ position, messages: JSON.parse(messages) }));
    },

    *fileMessage(key: number, { message, at }: NewMessage): Unit<void> {
      yield* messages.add(key, { ...message, at });
    },

    *moveHead(head: {
      readonly key: number;
      readonly lastSeq: number;
      readonly updatedAt: number;
      readonly state: ConversationStatus;
    }): Unit<void> {
      const { key, lastSeq, updatedAt, state } = head;
      yield* write(moveHead, { key, lastSeq, updatedAt, state });
    },

    /** Forgets the entries before a position. */
    *trim(position: number): Unit<void> {
      yield* write(removeBefore, { position });
    },
  };
}
