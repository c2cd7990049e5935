/** How far conversations have come: for many at once, and for nothing but that. */

import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { ConversationHead } from "../store.ts";
import { rows, type Unit } from "../unit.ts";
import type { ConversationRow } from "./conversation.ts";

const columns = [
  "id",
  "state",
  "assignee",
  "last_seq",
  "contact_delivered",
  "contact_read",
  "agent_delivered",
  "agent_read",
] as const;

type HeadRow = Pick<ConversationRow, (typeof columns)[number]>;

export function conversationHeadUnits(db: Kysely<Schema>, dialect: Dialect) {
  const among = statement((p: { ids: string }) =>
    db
      .selectFrom("conversation")
      .select(columns)
      .where(dialect.among("id", p.ids))
      .where("moved_to", "is", null),
  );
  const updatedSince = statement((p: { since: number; limit: number }) =>
    db
      .selectFrom("conversation")
      .select(columns)
      .where("last_seq", ">", (eb) => eb.lit(0))
      .where("preview", "=", (eb) => eb.lit(0))
      .where("updated_at", ">=", p.since)
      .orderBy("updated_at", "desc")
      .limit(p.limit),
  );

  return {
    *among(ids: readonly string[]): Unit<readonly ConversationHead[]> {
      return (yield* rows(among, { ids: JSON.stringify(ids) })).map(toHead);
    },

    *updatedSince(since: number, limit: number): Unit<readonly ConversationHead[]> {
      return (yield* rows(updatedSince, { since, limit })).map(toHead);
    },
  };
}

const toHead = (found: HeadRow): ConversationHead => ({
  id: found.id,
  state: found.state,
  assignee: found.assignee,
  lastSeq: found.last_seq,
  customer: { delivered: found.contact_delivered, read: found.contact_read },
  agent: { delivered: found.agent_delivered, read: found.agent_read },
});
