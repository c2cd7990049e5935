import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";
import type { ContactRecord, Erased, Erasure } from "../erasure-store.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, rows, type Unit, write } from "../unit.ts";
import { attachmentUnits } from "./attachment.ts";
import { contactUnits, toContact } from "./contact.ts";
import { toSession } from "./session.ts";
import { sessionEndUnits } from "./session-end.ts";
import { tokenWatermarkUnits } from "./token-watermark.ts";

export const nothingErased: Erased = {
  contactIds: [],
  endedSessions: [],
  conversationIds: [],
  messages: 0,
  attachmentIds: [],
};

export function erasureUnits(db: Kysely<Schema>, dialect: Dialect) {
  const contacts = contactUnits(db);
  const ends = sessionEndUnits(db, dialect);
  const attachments = attachmentUnits(db);
  const watermarks = tokenWatermarkUnits(db);

  const sessionsOf = statement((p: { contactId: string }) =>
    db
      .selectFrom("session")
      .selectAll()
      .where("contact_id", "=", p.contactId)
      .orderBy("created_at", "desc")
      .orderBy("id", "desc"),
  );
  const conversationsOf = statement((p: { contactId: string }) =>
    db.selectFrom("conversation").select(["key", "id"]).where("contact_id", "=", p.contactId).orderBy("id"),
  );
  const movedTo = statement((p: { id: string }) =>
    db.selectFrom("conversation").select("contact_id").where("moved_to", "=", p.id),
  );
  // An append under way on another node comes before this, or finds that there is no conversation.
  const lock = statement((p: { key: number; id: string }) =>
    db.updateTable("conversation").set({ last_seq: 0, moved_to: p.id }).where("key", "=", p.key),
  );
  const removeMessages = statement((p: { key: number }) =>
    db.deleteFrom("message").where("conversation_key", "=", p.key).returning("attachments"),
  );
  const removeConversation = statement((p: { key: number }) =>
    db.deleteFrom("conversation").where("key", "=", p.key),
  );
  const removeSessions = statement((p: { contactId: string }) =>
    db.deleteFrom("session").where("contact_id", "=", p.contactId),
  );
  const removeContact = statement((p: { id: string }) => db.deleteFrom("contact").where("id", "=", p.id));
  const remember = statement((p: { contactId: string; at: number }) =>
    db
      .insertInto("erasure")
      .values({ contact_id: p.contactId, at: p.at })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const findErasure = statement((p: { contactId: string }) =>
    db.selectFrom("erasure").select("at").where("contact_id", "=", p.contactId),
  );
  const page = statement((p: { after: string; limit: number }) =>
    db
      .selectFrom("erasure")
      .select(["contact_id", "at"])
      .where("contact_id", ">", p.after)
      .orderBy("contact_id")
      .limit(p.limit),
  );

  /** The conversations that stand, and the contacts whose words have come into them. */
  function* concerned(contactId: string): Unit<{ contactIds: string[]; conversationIds: string[] }> {
    const contactIds = [contactId];
    const conversationIds: string[] = [];
    // Grows while it is walked: a visitor's words may have come from an earlier visitor's.
    for (const id of contactIds)
      for (const conversation of yield* rows(conversationsOf, { contactId: id })) {
        conversationIds.push(conversation.id);
        for (const { contact_id: joined } of yield* rows(movedTo, { id: conversation.id }))
          if (!contactIds.includes(joined)) contactIds.push(joined);
      }
    return { contactIds, conversationIds };
  }

  /** What was issued before opens nothing, be it that a logout had refused it or that nobody has used it yet. */
  function* refuseTokensOf(contactId: string, at: number): Unit<void> {
    const contact = yield* contacts.find(contactId);
    if (contact?.verified !== 1) return;
    const second = Math.max(contact.valid_after_seconds, Math.floor(at / 1000));
    yield* watermarks.keep(contact.platform_key, second, at);
  }

  function* eraseOne(contactId: string, at: number): Unit<Erased> {
    const live = (yield* rows(sessionsOf, { contactId })).filter(({ ended_at }) => ended_at === null);
    const endedSessions = live.map(({ id }) => id);
    yield* ends.endAll(endedSessions, at);
    yield* write(removeSessions, { contactId });
    const conversationIds: string[] = [];
    const attachmentIds: string[] = [];
    let messages = 0;
    for (const { key, id } of yield* rows(conversationsOf, { contactId })) {
      yield* write(lock, { key, id });
      const removed = yield* rows(removeMessages, { key });
      messages += removed.length;
      attachmentIds.push(...removed.flatMap(({ attachments }) => idsOf(attachments)));
      yield* attachments.releaseOf(id);
      yield* write(removeConversation, { key });
      conversationIds.push(id);
    }
    yield* refuseTokensOf(contactId, at);
    yield* write(removeContact, { id: contactId });
    yield* write(remember, { contactId, at });
    return { contactIds: [contactId], endedSessions, conversationIds, messages, attachmentIds };
  }

  return {
    concerned,

    *record(contactId: string): Unit<ContactRecord | null> {
      const contact = yield* contacts.find(contactId);
      if (!contact) return null;
      const sessions = yield* rows(sessionsOf, { contactId });
      const conversations = yield* rows(conversationsOf, { contactId });
      return {
        contact: toContact(contact),
        createdAt: contact.created_at,
        sessions: sessions.map((session) => ({ ...toSession(session), device: session.device })),
        conversationIds: conversations.map(({ id }) => id),
      };
    },

    *erase(contactId: string, at: number): Unit<Erased | null> {
      if (!(yield* contacts.find(contactId))) return null;
      const { contactIds } = yield* concerned(contactId);
      let all = nothingErased;
      for (const id of contactIds) all = joined(all, yield* eraseOne(id, at));
      return all;
    },

    *wasErased(contactId: string): Unit<boolean> {
      return (yield* row(findErasure, { contactId })) !== undefined;
    },

    *list(after: string | null, limit: number): Unit<readonly Erasure[]> {
      const found = yield* rows(page, { after: after ?? "", limit });
      return found.map(({ contact_id: contactId, at }) => ({ contactId, at }));
    },

    *findByKey(platformKey: string) {
      const contact = yield* contacts.findByKey(platformKey);
      return contact ? toContact(contact) : null;
    },
  };
}

export const joined = (one: Erased, other: Erased): Erased => ({
  contactIds: [...one.contactIds, ...other.contactIds],
  endedSessions: [...one.endedSessions, ...other.endedSessions],
  conversationIds: [...one.conversationIds, ...other.conversationIds],
  messages: one.messages + other.messages,
  attachmentIds: [...one.attachmentIds, ...other.attachmentIds],
});

/** @param attachments of a stored message: a JSON array, or null for none */
export const idsOf = (attachments: string | null): string[] =>
  attachments === null ? [] : JSON.parse(attachments).map(({ id }: { id: string }) => id);
