/** The agents' list: pages are found by their last row, never counted off, so that the thousandth costs what the first does. */

import type { Kysely } from "kysely";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { ConversationStatus } from "../../../shared/protocol.ts";
import type { Dialect } from "../dialect.ts";
import type { Flag, Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { ConversationDetails, ConversationQuery } from "../store.ts";
import { rows, type Unit } from "../unit.ts";
import { toContact } from "./contact.ts";
import { type ConversationRow, conversationUnits, toConversation } from "./conversation.ts";
import { toMessage } from "./message.ts";

interface Place {
  readonly updatedAt: number;
  readonly id: string;
}

type PageParameters = { preview: Flag; updatedAt: number; id: string; limit: number };

/** Every conversation was updated before the end of time. */
const start: Place = { updatedAt: Number.MAX_SAFE_INTEGER, id: "" };

export function conversationListUnits(db: Kysely<Schema>, dialect: Dialect) {
  const { find, findEvenMoved } = conversationUnits(db);

  // `last_seq > 0` is spelt out rather than bound: the planner has to see that the partial indexes serve the query.
  const page = (p: PageParameters) =>
    db
      .selectFrom("conversation")
      .selectAll()
      .where("last_seq", ">", (eb) => eb.lit(0))
      .where("preview", "=", p.preview)
      .where(({ eb, refTuple, tuple }) => eb(refTuple("updated_at", "id"), "<", tuple(p.updatedAt, p.id)))
      .orderBy("updated_at", "desc")
      .orderBy("id", "desc")
      .limit(p.limit);
  const pageOfAll = statement(page);
  const pageOfState = statement((p: PageParameters & { state: ConversationStatus }) =>
    page(p).where("state", "=", p.state),
  );
  const contactsOf = statement((p: { ids: string }) =>
    db.selectFrom("contact").selectAll().where(dialect.among("id", p.ids)),
  );
  const lastMessagesOf = statement((p: { ids: string }) =>
    db
      .selectFrom("conversation")
      .innerJoin("message", (join) =>
        join
          .onRef("message.conversation_key", "=", "conversation.key")
          .onRef("message.seq", "=", "conversation.last_seq"),
      )
      .selectAll("message")
      .where(dialect.among("conversation.id", p.ids)),
  );

  function* withDetails(found: readonly ConversationRow[]): Unit<readonly ConversationDetails[]> {
    const contacts = yield* rows(contactsOf, { ids: JSON.stringify(found.map((row) => row.contact_id)) });
    const messages = yield* rows(lastMessagesOf, { ids: JSON.stringify(found.map((row) => row.id)) });
    const contactById = new Map(contacts.map((contact) => [contact.id, toContact(contact)]));
    const lastByKey = new Map(messages.map((message) => [message.conversation_key, toMessage(message)]));
    return found.map((row) => {
      const contact = contactById.get(row.contact_id);
      if (!contact) throw new Error(`Conversation ${row.id} has lost its contact.`);
      return {
        conversation: toConversation(row),
        contact,
        lastMessage: lastByKey.get(row.key) ?? null,
      };
    });
  }

  return {
    withDetails,

    *one(id: string): Unit<ConversationDetails | null> {
      const named = yield* findEvenMoved(id);
      // Only visitors' conversations move, and only to a customer's: there is one step at most.
      const found = named?.moved_to ? yield* find(named.moved_to) : named;
      return found ? ((yield* withDetails([found]))[0] ?? null) : null;
    },

    *list(
      query: ConversationQuery,
    ): Unit<{ readonly items: readonly ConversationDetails[]; readonly cursor: string | null }> {
      const after = query.cursor === undefined ? start : readCursor(query.cursor);
      // One more than asked for tells whether there is a next page.
      const parameters = { preview: query.preview ? 1 : 0, ...after, limit: query.limit + 1 } as const;
      const found =
        query.state === undefined
          ? yield* rows(pageOfAll, parameters)
          : yield* rows(pageOfState, { ...parameters, state: query.state });
      const shown = found.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        items: yield* withDetails(shown),
        cursor: found.length > shown.length && last ? writeCursor(last) : null,
      };
    },
  };
}

const writeCursor = (last: ConversationRow): string =>
  Buffer.from(`${last.updated_at}.${last.id}`).toString("base64url");

function readCursor(cursor: string): Place {
  const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  if (!match) throw new ProblemError("request_invalid", { detail: "The cursor is not one of this list." });
  const [, updatedAt, id = ""] = match;
  return { updatedAt: Number(updatedAt), id };
}
