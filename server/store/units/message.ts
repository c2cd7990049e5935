import type { Kysely, Selectable } from "kysely";
import { timestamp } from "../../../shared/clock.ts";
import type { Message, MessagePage } from "../../../shared/protocol.ts";
import type { MessageTable, Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { PageQuery } from "../store.ts";
import { timeOrderedId } from "../time-ordered-id.ts";
import { row, rows, type Unit, write } from "../unit.ts";

type MessageRow = Selectable<MessageTable>;

export function messageUnits(db: Kysely<Schema>) {
  const findConversation = statement((p: { id: string }) =>
    db.selectFrom("conversation").select(["key", "last_seq"]).where("id", "=", p.id),
  );
  const oldestAfter = statement((p: { key: number; seq: number; limit: number }) =>
    db
      .selectFrom("message")
      .selectAll()
      .where("conversation_key", "=", p.key)
      .where("seq", ">", p.seq)
      .orderBy("seq", "asc")
      .limit(p.limit),
  );
  const insert = insertMessage(db);
  const newestBefore = statement((p: { key: number; seq: number; limit: number }) =>
    db
      .selectFrom("message")
      .selectAll()
      .where("conversation_key", "=", p.key)
      .where("seq", "<", p.seq)
      .orderBy("seq", "desc")
      .limit(p.limit),
  );

  return {
    /** What the system remarks. @param seq the next of the conversation @param at in milliseconds */
    *addNotice(key: number, text: string, seq: number, at: number): Unit<Message> {
      const author = { kind: "system", name: null } as const;
      const notice = { id: timeOrderedId(at), seq, author, text, attachments: [], verified: true };
      const added = toRow(key, notice, at);
      yield* write(insert, added);
      return toMessage(added);
    },

    /** Both ends of a page are found by `seq`, so that its cost does not depend on how much history there is. */
    *page(conversationId: string, query: PageQuery): Unit<MessagePage> {
      const conversation = yield* row(findConversation, { id: conversationId });
      if (!conversation) return { messages: [], lastSeq: 0 };
      const { key, last_seq: lastSeq } = conversation;
      const { limit } = query;
      const found =
        query.after === undefined
          ? (yield* rows(newestBefore, { key, seq: query.before ?? lastSeq + 1, limit })).toReversed()
          : yield* rows(oldestAfter, { key, seq: query.after, limit });
      return { messages: found.map(toMessage), lastSeq };
    },
  };
}

export const insertMessage = (db: Kysely<Schema>) =>
  statement((p: MessageRow) =>
    db.insertInto("message").values({
      conversation_key: p.conversation_key,
      seq: p.seq,
      id: p.id,
      author_kind: p.author_kind,
      author_name: p.author_name,
      verified: p.verified,
      text: p.text,
      at: p.at,
      attachments: p.attachments,
    }),
  );

/** @param at in milliseconds */
export function toRow(key: number, message: Omit<Message, "at">, at: number): MessageRow {
  const { id, seq, author, verified, text, attachments } = message;
  return {
    conversation_key: key,
    seq,
    id,
    author_kind: author.kind,
    author_name: author.name,
    verified: verified ? 1 : 0,
    text,
    at,
    attachments: attachments.length > 0 ? JSON.stringify(attachments) : null,
  };
}

export function toMessage(found: MessageRow): Message {
  return {
    id: found.id,
    seq: found.seq,
    author: { kind: found.author_kind, name: found.author_name },
    text: found.text,
    attachments: found.attachments === null ? [] : JSON.parse(found.attachments),
    at: timestamp(found.at),
    verified: found.verified === 1,
  };
}
