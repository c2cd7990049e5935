import type { Kysely, Selectable } from "kysely";
import type { Receipts } from "../../../shared/protocol.ts";
import type { ConversationTable, Flag, Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { ConversationRecord, ReceiptsMoved } from "../store.ts";
import { timeOrderedId } from "../time-ordered-id.ts";
import { row, type Unit, write } from "../unit.ts";

export type ConversationRow = Selectable<ConversationTable>;

export function conversationUnits(db: Kysely<Schema>) {
  const findById = statement((p: { id: string }) =>
    db.selectFrom("conversation").selectAll().where("id", "=", p.id).where("moved_to", "is", null),
  );
  const findByIdEvenMoved = statement((p: { id: string }) =>
    db.selectFrom("conversation").selectAll().where("id", "=", p.id),
  );
  const findOfContactStatement = statement((p: { contactId: string; preview: Flag }) =>
    db
      .selectFrom("conversation")
      .selectAll()
      .where("contact_id", "=", p.contactId)
      .where("preview", "=", p.preview),
  );
  const insert = statement(
    (p: {
      id: string;
      contactId: string;
      communityId: string;
      deploymentId: string;
      preview: Flag;
      at: number;
    }) =>
      db
        .insertInto("conversation")
        .values({
          id: p.id,
          contact_id: p.contactId,
          community_id: p.communityId,
          deployment_id: p.deploymentId,
          preview: p.preview,
          state: "open",
          assignee: null,
          last_seq: 0,
          contact_delivered: 0,
          contact_read: 0,
          agent_delivered: 0,
          agent_read: 0,
          created_at: p.at,
          updated_at: p.at,
        })
        .returningAll(),
  );
  const moveReceipts = {
    contact: statement((p: { id: string; delivered: number; read: number }) =>
      db
        .updateTable("conversation")
        .set({ contact_delivered: p.delivered, contact_read: p.read })
        .where("id", "=", p.id),
    ),
    agent: statement((p: { id: string; delivered: number; read: number }) =>
      db
        .updateTable("conversation")
        .set({ agent_delivered: p.delivered, agent_read: p.read })
        .where("id", "=", p.id),
    ),
  };

  function* find(id: string): Unit<ConversationRow | undefined> {
    return yield* row(findById, { id });
  }

  function* findOfContact(contactId: string, preview: boolean): Unit<ConversationRow | undefined> {
    return yield* row(findOfContactStatement, { contactId, preview: preview ? 1 : 0 });
  }

  return {
    /** Not what a sign-in left empty. */
    find,

    *findEvenMoved(id: string): Unit<ConversationRow | undefined> {
      return yield* row(findByIdEvenMoved, { id });
    },

    findOfContact,

    *ofContact(
      contactId: string,
      place: { readonly communityId: string; readonly deploymentId: string; readonly preview: boolean },
      at: number,
    ): Unit<ConversationRow> {
      const { communityId, deploymentId } = place;
      const preview = place.preview ? 1 : 0;
      const found = yield* findOfContact(contactId, place.preview);
      if (found) return found;
      const made = yield* row(insert, {
        id: timeOrderedId(at),
        contactId,
        communityId,
        deploymentId,
        preview,
        at,
      });
      if (!made) throw new Error("An inserted conversation was not returned.");
      return made;
    },

    /** @param lastSeq of the conversation where the store knows of a later message than the row does */
    *markReceipts(
      id: string,
      by: "contact" | "agent",
      positions: Partial<Receipts>,
      lastSeq: number,
    ): Unit<ReceiptsMoved | null> {
      const found = yield* find(id);
      if (!found) return null;
      const record = toConversation(found);
      const before = by === "contact" ? record.customer : record.agent;
      const after = advance(before, positions, Math.max(lastSeq, record.lastSeq));
      if (after.delivered !== before.delivered || after.read !== before.read)
        yield* write(moveReceipts[by], { id, ...after });
      return { before, after };
    },
  };
}

/** Forwards only, never past the last message; what is read has been delivered. */
export function advance(before: Receipts, positions: Partial<Receipts>, lastSeq: number): Receipts {
  const read = Math.max(before.read, Math.min(positions.read ?? 0, lastSeq));
  const delivered = Math.max(before.delivered, Math.min(positions.delivered ?? 0, lastSeq), read);
  return { delivered, read };
}

export function toConversation(found: Omit<ConversationRow, "key" | "moved_to">): ConversationRecord {
  return {
    id: found.id,
    contactId: found.contact_id,
    communityId: found.community_id,
    deploymentId: found.deployment_id,
    preview: found.preview === 1,
    state: found.state,
    assignee: found.assignee,
    lastSeq: found.last_seq,
    customer: { delivered: found.contact_delivered, read: found.contact_read },
    agent: { delivered: found.agent_delivered, read: found.agent_read },
    createdAt: found.created_at,
    updatedAt: found.updated_at,
  };
}
