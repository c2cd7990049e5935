/**
 * The tables as the journal sees them; `journal.ts` tells what it is for. No units: nobody but SQLite has a journal, and each
 * message passes here twice.
 */

import type { Kysely } from "kysely";
import { timestamp } from "../../../shared/clock.ts";
import type { Attachment, AuthorKind, ConversationStatus, Message } from "../../../shared/protocol.ts";
import type { NewMessage } from "../append.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { insertMessage, toMessage, toRow } from "../units/message.ts";
import type { Database } from "./database.ts";

interface JournalSchema extends Schema {
  message_journal: {
    position: number;
    /** JSON array of `Entry`. */
    messages: string;
  };
}

/** A message of the journal: half as long without the names of its members. */
type Entry = readonly [
  conversationId: string,
  id: string,
  seq: number,
  authorKind: AuthorKind,
  authorName: string | null,
  text: string,
  attachments: readonly Attachment[],
  at: number,
  verified: boolean,
];

export interface StoredHead {
  readonly key: number;
  readonly last_seq: number;
  readonly updated_at: number;
  readonly state: ConversationStatus;
}

export function createJournalTable(database: Database, schema: Kysely<Schema>) {
  const db = schema.withTables<Pick<JournalSchema, "message_journal">>();

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
  const insert = insertMessage(schema);

  return {
    head: (conversationId: string): StoredHead | undefined =>
      database.first(findHead, { id: conversationId }),

    message(key: number, id: string): Message | null {
      const found = database.first(findMessage, { key, id });
      return found ? toMessage(found) : null;
    },

    record(position: number, messages: readonly NewMessage[]): void {
      database.execute(insertEntry, { position, messages: JSON.stringify(messages.map(toEntry)) });
    },

    recorded: (): readonly { readonly position: number; readonly messages: readonly NewMessage[] }[] =>
      database
        .all(allEntries, {})
        .map(({ position, messages }) => ({ position, messages: JSON.parse(messages).map(fromEntry) })),

    fileMessage(key: number, { message, at }: NewMessage): void {
      database.execute(insert, toRow(key, message, at));
    },

    moveHead(head: {
      readonly key: number;
      readonly lastSeq: number;
      readonly updatedAt: number;
      readonly state: ConversationStatus;
    }): void {
      const { key, lastSeq, updatedAt, state } = head;
      database.execute(moveHead, { key, lastSeq, updatedAt, state });
    },

    /** Forgets the entries before a position. */
    trim(position: number): void {
      database.execute(removeBefore, { position });
    },
  };
}

const toEntry = ({ conversationId, message, at }: NewMessage): Entry => [
  conversationId,
  message.id,
  message.seq,
  message.author.kind,
  message.author.name,
  message.text,
  message.attachments,
  at,
  message.verified,
];

function fromEntry([
  conversationId,
  id,
  seq,
  kind,
  name,
  text,
  attachments,
  at,
  verified,
]: Entry): NewMessage {
  const message = { id, seq, author: { kind, name }, text, attachments, at: timestamp(at), verified };
  return { conversationId, message, at };
}
