import { type Kysely, type Selectable, sql } from "kysely";
import type { Attachment } from "../../../shared/protocol.ts";
import type {
  AttachmentAdded,
  AttachmentClaim,
  AttachmentDraft,
  AttachmentRecord,
} from "../attachment-store.ts";
import type { AttachmentTable, Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, rows, type Unit, write } from "../unit.ts";

type AttachmentRow = Selectable<AttachmentTable>;

export function attachmentUnits(db: Kysely<Schema>) {
  const findConversation = statement((p: { id: string }) =>
    db.selectFrom("conversation").select("id").where("id", "=", p.id).where("moved_to", "is", null),
  );
  const findLive = statement((p: { sessionId: string }) =>
    db.selectFrom("session").select("id").where("id", "=", p.sessionId).where("ended_at", "is", null),
  );
  const sumSince = statement((p: { conversationId: string; uploader: string; since: number }) =>
    db
      .selectFrom("attachment")
      .select(({ fn }) => fn.sum<number | string | null>("size").as("bytes"))
      .where("conversation_id", "=", p.conversationId)
      .where("uploader", "=", p.uploader as AttachmentRow["uploader"])
      .where("created_at", ">", p.since),
  );
  const insert = statement((p: AttachmentRow) =>
    db.insertInto("attachment").values({
      id: p.id,
      conversation_id: p.conversation_id,
      uploader: p.uploader,
      name: p.name,
      type: p.type,
      size: p.size,
      width: p.width,
      height: p.height,
      state: p.state,
      message_id: p.message_id,
      created_at: p.created_at,
      changed_at: p.changed_at,
    }),
  );
  const find = statement((p: { id: string }) =>
    db.selectFrom("attachment").selectAll().where("id", "=", p.id),
  );
  // The states that a change starts from stand in its condition: two nodes may be at it at the same time.
  const ready = statement((p: { id: string; at: number }) =>
    db
      .updateTable("attachment")
      .set({ state: "ready", changed_at: p.at })
      .where("id", "=", p.id)
      .where("state", "=", "storing")
      .returning("id"),
  );
  const claim = statement(
    (p: { id: string; conversationId: string; uploader: string; messageId: string; at: number }) =>
      db
        .updateTable("attachment")
        .set({ state: "claimed", message_id: p.messageId, changed_at: p.at })
        .where("id", "=", p.id)
        .where("conversation_id", "=", p.conversationId)
        .where("uploader", "=", p.uploader as AttachmentRow["uploader"])
        .where((eb) =>
          eb.or([
            eb("state", "=", "ready"),
            eb.and([eb("state", "in", ["claimed", "kept"]), eb("message_id", "=", p.messageId)]),
          ]),
        )
        .returningAll(),
  );
  const unsettled = statement((p: { before: number; limit: number }) =>
    db
      .selectFrom("attachment")
      .selectAll()
      // Written out, not bound: the partial index serves no other question.
      .where((eb) => eb("state", "<>", sql.lit("kept")))
      .where("changed_at", "<", p.before)
      .orderBy("changed_at")
      .limit(p.limit),
  );
  const giveUp = statement((p: { id: string; before: number }) =>
    db
      .updateTable("attachment")
      .set({ state: "removing", changed_at: 0 })
      .where("id", "=", p.id)
      .where("changed_at", "<", p.before)
      .where("state", "<>", "kept")
      .returning("id"),
  );
  const keep = statement((p: { id: string; at: number }) =>
    db
      .updateTable("attachment")
      .set({ state: "kept", changed_at: p.at })
      .where("id", "=", p.id)
      .where("state", "=", "claimed"),
  );
  const carried = statement((p: { conversationId: string; messageId: string }) =>
    db
      .selectFrom("conversation")
      .innerJoin("message", "message.conversation_key", "conversation.key")
      .select("message.attachments")
      .where("conversation.id", "=", p.conversationId)
      .where("message.id", "=", p.messageId),
  );
  // Due at once, whatever the time is.
  const release = statement((p: { id: string }) =>
    db.updateTable("attachment").set({ state: "removing", changed_at: 0 }).where("id", "=", p.id),
  );
  const releaseOf = statement((p: { conversationId: string }) =>
    db
      .updateTable("attachment")
      .set({ state: "removing", changed_at: 0 })
      .where("conversation_id", "=", p.conversationId),
  );
  const forget = statement((p: { id: string }) => db.deleteFrom("attachment").where("id", "=", p.id));
  const move = statement((p: { from: string; to: string }) =>
    db.updateTable("attachment").set({ conversation_id: p.to }).where("conversation_id", "=", p.from),
  );
  const follow = statement((p: { conversationId: string; messageId: string; newId: string }) =>
    db
      .updateTable("attachment")
      .set({ message_id: p.newId })
      .where("conversation_id", "=", p.conversationId)
      .where("message_id", "=", p.messageId),
  );

  function* isCarried({ conversation_id: conversationId, message_id, id }: AttachmentRow): Unit<boolean> {
    if (message_id === null) return false;
    const message = yield* row(carried, { conversationId, messageId: message_id });
    return message !== undefined && idsOf(message.attachments).includes(id);
  }

  return {
    *add(draft: AttachmentDraft): Unit<AttachmentAdded> {
      const { attachment, conversationId, uploader, sessionId, at, allowance } = draft;
      if (sessionId !== null && !(yield* row(findLive, { sessionId })))
        return { ok: false, code: "session_revoked" };
      if (!(yield* row(findConversation, { id: conversationId }))) return { ok: false, code: "not_found" };
      if (allowance) {
        const sum = yield* row(sumSince, { conversationId, uploader, since: allowance.since });
        if (Number(sum?.bytes ?? 0) + attachment.size > allowance.bytes)
          return { ok: false, code: "rate_limited" };
      }
      const { id, name, type, size, width = null, height = null } = attachment;
      yield* write(insert, {
        id,
        conversation_id: conversationId,
        uploader,
        name,
        type,
        size,
        width,
        height,
        state: "storing",
        message_id: null,
        created_at: at,
        changed_at: at,
      });
      return { ok: true };
    },

    *stored(id: string, at: number): Unit<boolean> {
      return (yield* row(ready, { id, at })) !== undefined;
    },

    /** Where it answers null the earlier ones are this message's all the same: it is not stored, and they are given up in time. */
    *claim({ ids, ...claimed }: AttachmentClaim): Unit<readonly Attachment[] | null> {
      const attachments: Attachment[] = [];
      for (const id of ids) {
        const found = yield* row(claim, { ...claimed, id });
        if (!found) return null;
        attachments.push(toAttachment(found));
      }
      return attachments;
    },

    *find(id: string): Unit<AttachmentRecord | null> {
      const found = yield* row(find, { id });
      if (!found) return null;
      const { conversation_id: conversationId, uploader, state } = found;
      return { attachment: toAttachment(found), conversationId, uploader, state };
    },

    /** What `settle` looks at: the messages of these conversations must be in their rows. */
    *unsettled(before: number, limit: number): Unit<readonly AttachmentRow[]> {
      return yield* rows(unsettled, { before, limit });
    },

    *settle(before: number, at: number, limit: number): Unit<readonly string[]> {
      const removing: string[] = [];
      for (const found of yield* rows(unsettled, { before, limit })) {
        const { id, state } = found;
        if (state === "removing") removing.push(id);
        else if (state === "claimed" && (yield* isCarried(found))) yield* write(keep, { id, at });
        else if (yield* row(giveUp, { id, before })) removing.push(id);
      }
      return removing;
    },

    *release(ids: readonly string[]): Unit<void> {
      for (const id of ids) yield* write(release, { id });
    },

    *releaseOf(conversationId: string): Unit<void> {
      yield* write(releaseOf, { conversationId });
    },

    *forget(id: string): Unit<void> {
      yield* write(forget, { id });
    },

    /** With the messages of a conversation. */
    *move(from: string, to: string): Unit<void> {
      yield* write(move, { from, to });
    },

    /** A message has another id. */
    *follow(conversationId: string, messageId: string, newId: string): Unit<void> {
      yield* write(follow, { conversationId, messageId, newId });
    },
  };
}

/** @param attachments of a stored message: JSON array of `Attachment`, or null for none */
const idsOf = (attachments: string | null): readonly string[] =>
  attachments === null ? [] : JSON.parse(attachments).map(({ id }: Attachment) => id);

/** In the shape that messages keep: members that say nothing are left out. */
const toAttachment = ({ id, name, type, size, width, height }: AttachmentRow): Attachment => ({
  id,
  name,
  type,
  size,
  ...(width !== null && height !== null && { width, height }),
});
