import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";
import type { Erased, Expired, RetentionPolicy } from "../erasure-store.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, rows, type Unit } from "../unit.ts";
import { attachmentUnits } from "./attachment.ts";
import { erasureUnits, idsOf, joined, nothingErased } from "./erasure.ts";

/** Conversations looked at in one transaction: whoever writes meanwhile waits some milliseconds at most. */
export const retentionPage = 100;
/** Messages removed of one conversation in one transaction. */
export const removedAtOnce = 2000;

export function retentionUnits(db: Kysely<Schema>, dialect: Dialect) {
  const erasures = erasureUnits(db, dialect);
  const attachments = attachmentUnits(db);

  const candidates = statement((p: { communityId: string; after: number; limit: number }) =>
    db
      .selectFrom("conversation")
      .select(["key", "id", "contact_id", "updated_at"])
      .where("community_id", "=", p.communityId)
      .where("key", ">", p.after)
      .orderBy("key")
      .limit(p.limit),
  );
  const isVisitor = statement((p: { id: string }) =>
    db.selectFrom("contact").select("id").where("id", "=", p.id).where("verified", "=", 0),
  );
  const liveSession = statement((p: { contactId: string; at: number }) =>
    db
      .selectFrom("session")
      .select("id")
      .where("contact_id", "=", p.contactId)
      .where("ended_at", "is", null)
      .where("idle_expires_at", ">", p.at)
      .limit(1),
  );
  const first = statement((p: { key: number }) =>
    db.selectFrom("message").select("seq").where("conversation_key", "=", p.key).orderBy("seq").limit(1),
  );
  const firstKept = statement((p: { key: number; before: number }) =>
    db
      .selectFrom("message")
      .select("seq")
      .where("conversation_key", "=", p.key)
      .where("at", ">=", p.before)
      .orderBy("seq")
      .limit(1),
  );
  const removeBelow = statement((p: { key: number; seq: number }) =>
    db
      .deleteFrom("message")
      .where("conversation_key", "=", p.key)
      .where("seq", "<", p.seq)
      .returning("attachments"),
  );

  /** Everything in front of the first that is kept: a clock that was set back must not tear a hole. */
  function* removeOld(key: number, before: number): Unit<Erased> {
    const oldest = yield* row(first, { key });
    if (!oldest) return nothingErased;
    const kept = yield* row(firstKept, { key, before });
    const seq = Math.min(kept?.seq ?? Number.MAX_SAFE_INTEGER, oldest.seq + removedAtOnce);
    const removed = yield* rows(removeBelow, { key, seq });
    const attachmentIds = removed.flatMap((message) => idsOf(message.attachments));
    yield* attachments.release(attachmentIds);
    return { ...nothingErased, messages: removed.length, attachmentIds };
  }

  function* isForgotten(contactId: string, at: number): Unit<boolean> {
    return (
      (yield* row(isVisitor, { id: contactId })) !== undefined &&
      (yield* row(liveSession, { contactId, at })) === undefined
    );
  }

  return {
    /** @param cursor the key of the last conversation looked at */
    *candidates({ communityId }: RetentionPolicy, cursor: string | null) {
      return yield* rows(candidates, { communityId, after: Number(cursor ?? 0), limit: retentionPage });
    },

    *expire(policy: RetentionPolicy, cursor: string | null, at: number): Unit<Expired> {
      const { communityId, messagesBefore, visitorsBefore } = policy;
      const found = yield* rows(candidates, {
        communityId,
        after: Number(cursor ?? 0),
        limit: retentionPage,
      });
      let all = nothingErased;
      let looked = cursor ?? "0";
      for (const { key, contact_id: contactId, updated_at: updatedAt } of found) {
        const idle = visitorsBefore !== null && updatedAt < visitorsBefore;
        if (idle && (yield* isForgotten(contactId, at)))
          all = joined(all, (yield* erasures.erase(contactId, at)) ?? nothingErased);
        else if (messagesBefore !== null) all = joined(all, yield* removeOld(key, messagesBefore));
        // The rest of a long history is for the next call.
        if (all.messages >= removedAtOnce) return { ...all, cursor: looked };
        looked = String(key);
      }
      return { ...all, cursor: found.length === retentionPage ? looked : null };
    },
  };
}
