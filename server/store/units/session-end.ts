/** How sessions end: by logout here, by logout everywhere, or forgotten after their time. */

import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, rows, type Unit, write } from "../unit.ts";
import { contactUnits } from "./contact.ts";
import { tokenUnits } from "./token.ts";

/** Sessions forgotten in one transaction: a sweep after a quiet week must not hold up messages. */
export const sweepSize = 500;

export function sessionEndUnits(db: Kysely<Schema>, dialect: Dialect) {
  const tokens = tokenUnits(db);
  const contacts = contactUnits(db);

  const findLiveByHash = statement((p: { tokenHash: string }) =>
    db
      .selectFrom("session")
      .select(["id", "contact_id"])
      .where("token_hash", "=", p.tokenHash)
      .where("ended_at", "is", null),
  );
  const liveOfContact = statement((p: { contactId: string }) =>
    db.selectFrom("session").select("id").where("contact_id", "=", p.contactId).where("ended_at", "is", null),
  );
  const endOne = statement((p: { id: string; at: number }) =>
    db.updateTable("session").set({ ended_at: p.at }).where("id", "=", p.id),
  );
  const liveAmong = statement((p: { ids: string }) =>
    db
      .selectFrom("session")
      .select("id")
      .where("id", "in", dialect.listed(p.ids))
      .where("ended_at", "is", null),
  );
  const sweepSome = statement((p: { at: number }) =>
    db
      .deleteFrom("session")
      .where("id", "in", (from) =>
        from
          .selectFrom("session")
          .select("id")
          .where("idle_expires_at", "<", p.at)
          .orderBy("idle_expires_at")
          .limit(sweepSize),
      )
      .returning("id"),
  );

  return {
    *end(end: {
      readonly tokenHash: string;
      readonly everywhere: boolean;
      readonly at: number;
    }): Unit<readonly string[]> {
      const session = yield* row(findLiveByHash, { tokenHash: end.tokenHash });
      if (!session) return [];
      if (end.everywhere) yield* contacts.refuseOlderTokens(session.contact_id, end.at);
      const due = end.everywhere ? yield* rows(liveOfContact, { contactId: session.contact_id }) : [session];
      const ended = due.map(({ id }) => id);
      for (const id of ended) {
        yield* tokens.revokeOf(id);
        yield* write(endOne, { id, at: end.at });
      }
      return ended;
    },

    /** A session that the store has forgotten has ended as well. */
    *endedAmong(ids: readonly string[]): Unit<readonly string[]> {
      const found = yield* rows(liveAmong, { ids: JSON.stringify(ids) });
      const live = new Set(found.map(({ id }) => id));
      return ids.filter((id) => !live.has(id));
    },

    /** @returns whether there may be more to sweep */
    *sweepSome(at: number): Unit<boolean> {
      yield* tokens.sweep(at);
      return (yield* rows(sweepSome, { at })).length === sweepSize;
    },
  };
}
