/** The statements of an append: each for all messages of a batch. */

import { type Kysely, sql } from "kysely";
import type { Message } from "../../../shared/protocol.ts";
import type { NewMessage } from "../append.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { MessageDraft } from "../store.ts";
import type { Call } from "../unit.ts";
import { toMessage, toRow } from "../units/message.ts";
import { postgresDialect } from "./kysely.ts";

export interface LockedHead {
  readonly id: string;
  readonly key: number;
  readonly last_seq: number;
}

type MessageRow = Parameters<typeof toMessage>[0];

export interface FoundMessage extends MessageRow {
  readonly conversation_id: string;
}

export function appendUnits(db: Kysely<Schema>) {
  const compiled = (query: { compile(executor: Kysely<Schema>): unknown }) => ({
    compile: () => query.compile(db) as never,
  });

  const headsOf = (ids: string) =>
    db
      .selectFrom("conversation")
      .select(["id", "key", "last_seq"])
      .where(postgresDialect.among("id", ids))
      .where("moved_to", "is", null)
      .orderBy("id")
      .forNoKeyUpdate();
  const freeHeads = statement((p: { ids: string }) => headsOf(p.ids).skipLocked());
  const heads = statement((p: { ids: string }) => headsOf(p.ids));
  const standing = statement((p: { ids: string }) =>
    db
      .selectFrom("conversation")
      .select("id")
      .where(postgresDialect.among("id", p.ids))
      .where("moved_to", "is", null),
  );
  const live = statement((p: { ids: string }) =>
    db
      .selectFrom("session")
      .select("id")
      .where(postgresDialect.among("id", p.ids))
      .where("ended_at", "is", null),
  );
  // The first that is not before the one asked for: no plan but a search by conversation and id can answer that. Asked for
  // by equality, PostgreSQL may read the whole conversation instead, where conversations are short on the average.
  const known = statement((p: { ids: string; asked: string }) =>
    compiled(sql`
      select conversation.id as conversation_id, found.*
      from json_to_recordset(${p.asked}::json) as asked (conversation text, id text)
      join conversation on conversation.id = asked.conversation
      cross join lateral (
        select * from message
        where message.conversation_key = conversation.key and message.id >= asked.id
        order by message.conversation_key, message.id limit 1
      ) as found
      where ${postgresDialect.among("conversation.id", p.ids)} and found.id = asked.id`),
  );
  const insert = statement((p: { messages: string }) =>
    compiled(sql`
      insert into message
        (conversation_key, seq, id, author_kind, author_name, verified, text, at, attachments)
      select conversation_key, seq, id, author_kind, author_name, verified, text, at, attachments
      from json_to_recordset(${p.messages}::json) as added (conversation_key bigint, seq bigint, id text, author_kind text,
        author_name text, verified smallint, text text, at bigint, attachments text)`),
  );
  // A clock that was set back moves nobody down the agents' list.
  const moveHeads = statement((p: { keys: string; heads: string }) =>
    compiled(sql`
      update conversation set
        last_seq = grown.last_seq,
        updated_at = greatest(conversation.updated_at, grown.at),
        state = case when grown.opens then 'open' else conversation.state end
      from json_to_recordset(${p.heads}::json) as grown ("key" bigint, last_seq bigint, at bigint, opens boolean)
      where conversation.key = any (array(select json_array_elements_text(${p.keys}::json)::bigint))
        and conversation.key = grown.key`),
  );

  const listed = (ids: Iterable<string>) => ({ ids: JSON.stringify([...ids]) });
  const call = <Parameters>(
    { sql: text, bind }: { readonly sql: string; bind(p: Parameters): Call["values"] },
    parameters: Parameters,
  ): Call => ({ sql: text, values: bind(parameters) });

  return {
    /** Of conversations that nobody else holds. */
    freeHeads: (ids: Iterable<string>): Call => call(freeHeads, listed(ids)),
    /** Waits for whoever holds them. */
    heads: (ids: Iterable<string>): Call => call(heads, listed(ids)),
    /** Of these, what there is, held or not. */
    standing: (ids: Iterable<string>): Call => call(standing, listed(ids)),
    live: (ids: Iterable<string>): Call => call(live, listed(ids)),
    known: (drafts: readonly MessageDraft[], ids: Iterable<string>): Call =>
      call(known, {
        ...listed(ids),
        asked: JSON.stringify(drafts.map(({ conversationId, id }) => ({ conversation: conversationId, id }))),
      }),
    /** @param keyOf the key of a conversation that was locked */
    store(added: readonly NewMessage[], keyOf: (conversationId: string) => number): readonly Call[] {
      const messages = added.map(({ conversationId, message, at }) =>
        toRow(keyOf(conversationId), message, at),
      );
      const heads = grownHeads(added, keyOf);
      const keys = JSON.stringify(heads.map(({ key }) => key));
      return [
        call(insert, { messages: JSON.stringify(messages) }),
        call(moveHeads, { keys, heads: JSON.stringify(heads) }),
      ];
    },
  };
}

function grownHeads(added: readonly NewMessage[], keyOf: (conversationId: string) => number) {
  const heads = new Map<string, { key: number; last_seq: number; at: number; opens: boolean }>();
  for (const { conversationId, message, at } of added) {
    const before = heads.get(conversationId);
    heads.set(conversationId, {
      key: keyOf(conversationId),
      last_seq: message.seq,
      at: Math.max(before?.at ?? at, at),
      opens: (before?.opens ?? false) || message.author.kind === "contact",
    });
  }
  return [...heads.values()];
}

export const toFound = ({ conversation_id, ...row }: FoundMessage): readonly [string, Message] => [
  messageKey(conversation_id, row.id),
  toMessage(row),
];

export const messageKey = (conversationId: string, id: string): string => `${conversationId} ${id}`;
