/** The statements of a batch: each for all that is in it. */

import { type Kysely, sql } from "kysely";
import type { Message } from "../../../shared/protocol.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { MessageDraft } from "../store.ts";
import type { Call } from "../unit.ts";
import type { ConversationRow } from "../units/conversation.ts";
import { toMessage } from "../units/message.ts";
import { postgresDialect } from "./kysely.ts";

const columns = [
  "id",
  "key",
  "last_seq",
  "contact_delivered",
  "contact_read",
  "agent_delivered",
  "agent_read",
] as const;

export type LockedHead = Pick<ConversationRow, (typeof columns)[number]>;

/** A conversation as it is after the batch. */
export interface ChangedHead extends Omit<LockedHead, "id"> {
  /** Of the newest message of this batch; null where there is none. */
  readonly at: number | null;
  /** The customer wrote. */
  readonly opens: boolean;
}

type MessageRow = Parameters<typeof toMessage>[0];

export interface FoundMessage extends MessageRow {
  readonly conversation_id: string;
}

export function conversationBatchUnits(db: Kysely<Schema>) {
  const compiled = (query: { compile(executor: Kysely<Schema>): unknown }) => ({
    compile: () => query.compile(db) as never,
  });

  const headsOf = (ids: string) =>
    db
      .selectFrom("conversation")
      .select(columns)
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
  // A clock that was set back moves nobody down the agents' list; a position alone moves nobody in it.
  const moveHeads = statement((p: { keys: string; heads: string }) =>
    compiled(sql`
      update conversation set
        last_seq = changed.last_seq,
        updated_at = greatest(conversation.updated_at, changed.at),
        state = case when changed.opens then 'open' else conversation.state end,
        contact_delivered = changed.contact_delivered,
        contact_read = changed.contact_read,
        agent_delivered = changed.agent_delivered,
        agent_read = changed.agent_read
      from json_to_recordset(${p.heads}::json) as changed ("key" bigint, last_seq bigint, at bigint, opens boolean,
        contact_delivered bigint, contact_read bigint, agent_delivered bigint, agent_read bigint)
      where conversation.key = any (array(select json_array_elements_text(${p.keys}::json)::bigint))
        and conversation.key = changed.key`),
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
    insert: (messages: readonly MessageRow[]): Call => call(insert, { messages: JSON.stringify(messages) }),
    moveHeads: (heads: readonly ChangedHead[]): Call =>
      call(moveHeads, {
        keys: JSON.stringify(heads.map(({ key }) => key)),
        heads: JSON.stringify(heads),
      }),
  };
}

export const toFound = ({ conversation_id, ...row }: FoundMessage): readonly [string, Message] => [
  messageKey(conversation_id, row.id),
  toMessage(row),
];

export const messageKey = (conversationId: string, id: string): string => `${conversationId} ${id}`;
