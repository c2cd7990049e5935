/** How sessions end: by logout here, by logout everywhere, or forgotten after their time. */

import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { LiveTimes } from "../store.ts";
import { row, rows, type Unit, write } from "../unit.ts";
import { contactUnits } from "./contact.ts";
import { tokenUnits } from "./token.ts";
import { tokenWatermarkUnits } from "./token-watermark.ts";

/** Sessions forgotten in one transaction: a sweep after a quiet week must not hold up messages. */
export const sweepSize = 500;

export function sessionEndUnits(db: Kysely<Schema>, dialect: Dialect) {
  const tokens = tokenUnits(db);
  const contacts = contactUnits(db);
  const watermarks = tokenWatermarkUnits(db);

  const findLiveByHash = statement((p: { tokenHash: string }) =>
    db
      .selectFrom("session")
      .select(["id", "contact_id"])
      .where("token_hash", "=", p.tokenHash)
      .where("ended_at", "is", null),
  );
  const findLiveByFormerHash = statement((p: { tokenHash: string }) =>
    db
      .selectFrom("former_session_token")
      .innerJoin("session", "session.id", "former_session_token.session_id")
      .select(["session.id", "session.contact_id"])
      .where("former_session_token.hash", "=", p.tokenHash)
      .where("session.ended_at", "is", null),
  );
  const findHash = statement((p: { id: string }) =>
    db.selectFrom("session").select("token_hash").where("id", "=", p.id),
  );
  const saveFormer = statement((p: { id: string; hash: string }) =>
    db
      .insertInto("former_session_token")
      .values({ session_id: p.id, hash: p.hash })
      .onConflict((conflict) => conflict.column("session_id").doUpdateSet({ hash: p.hash })),
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
      .select(["id", "idle_expires_at", "absolute_expires_at"])
      .where(dialect.among("id", p.ids))
      .where("ended_at", "is", null),
  );
  const findOver = statement((p: { at: number }) =>
    db
      .selectFrom("session")
      .select("id")
      .where("idle_expires_at", "<", p.at)
      .orderBy("idle_expires_at")
      .limit(sweepSize),
  );
  const forget = statement((p: { ids: string }) =>
    db.deleteFrom("session").where(dialect.among("id", p.ids)),
  );

  /** Revokes the identity tokens of each as well. */
  function* endAll(ids: readonly string[], at: number): Unit<void> {
    for (const id of ids) {
      yield* tokens.revokeOf(id);
      yield* write(endOne, { id, at });
    }
  }

  return {
    *end(end: {
      readonly tokenHash: string;
      readonly everywhere: boolean;
      readonly at: number;
    }): Unit<readonly string[]> {
      const { tokenHash } = end;
      const session =
        (yield* row(findLiveByHash, { tokenHash })) ?? (yield* row(findLiveByFormerHash, { tokenHash }));
      if (!session) return [];
      if (end.everywhere) yield* contacts.refuseOlderTokens(session.contact_id, Math.floor(end.at / 1000));
      const due = end.everywhere ? yield* rows(liveOfContact, { contactId: session.contact_id }) : [session];
      const ended = due.map(({ id }) => id);
      yield* endAll(ended, end.at);
      return ended;
    },

    endAll,

    /**
     * Keeps the token that a renewal replaces. A logout that was sent before the renewal's answer came back names that one:
     * told that there is no such session, it would leave behind one that nobody holds and everybody takes for over.
     */
    *keepFormer<Renewed extends { readonly ok: boolean }>(id: string, renewal: Unit<Renewed>): Unit<Renewed> {
      const before = yield* row(findHash, { id });
      const renewed = yield* renewal;
      if (before && renewed.ok) yield* write(saveFormer, { id, hash: before.token_hash });
      return renewed;
    },

    *liveAmong(ids: readonly string[]): Unit<readonly LiveTimes[]> {
      const found = yield* rows(liveAmong, { ids: JSON.stringify(ids) });
      return found.map((live) => ({
        id: live.id,
        idleExpiresAt: live.idle_expires_at,
        absoluteExpiresAt: live.absolute_expires_at,
      }));
    },

    /** @returns whether there may be more to sweep */
    *sweepSome(at: number): Unit<boolean> {
      yield* tokens.sweep(at);
      yield* watermarks.sweep(at);
      const over = yield* rows(findOver, { at });
      yield* write(forget, { ids: JSON.stringify(over.map(({ id }) => id)) });
      return over.length === sweepSize;
    },
  };
}
