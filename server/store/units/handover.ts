/**
 * Step-up: what a visitor said becomes what the customer said, in the transaction that opens the customer's session. Only
 * the visitor's own session token hands it over. Whoever knows a visitor's id, e-mail or device knows nothing.
 */

import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { ConversationTable, Flag, Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { HandedOver, Handover, HandoverRefusal, SessionOpening } from "../store.ts";
import { row, rows, type Unit, write } from "../unit.ts";
import { formatUuid } from "../uuid.ts";
import { attachmentUnits } from "./attachment.ts";
import { contactUnits } from "./contact.ts";
import { type ConversationRow, conversationUnits } from "./conversation.ts";
import { messageUnits, toMessage } from "./message.ts";
import type { SessionRow } from "./session.ts";

type Position = "contact_delivered" | "contact_read" | "agent_delivered" | "agent_read";
type Head = Pick<ConversationTable, Position | "state" | "assignee" | "last_seq" | "updated_at">;

export function handoverUnits(db: Kysely<Schema>) {
  const contacts = contactUnits(db);
  const conversations = conversationUnits(db);
  const messages = messageUnits(db);
  const attachments = attachmentUnits(db);

  const findSession = statement((p: { tokenHash: string }) =>
    db.selectFrom("session").selectAll().where("token_hash", "=", p.tokenHash),
  );
  const endSessions = statement((p: { contactId: string; at: number }) =>
    db
      .updateTable("session")
      .set({ ended_at: p.at })
      .where("contact_id", "=", p.contactId)
      .where("ended_at", "is", null)
      .returning("id"),
  );
  const giveTo = statement((p: { key: number; contactId: string }) =>
    db.updateTable("conversation").set({ contact_id: p.contactId }).where("key", "=", p.key),
  );
  const leave = statement((p: { key: number; to: string }) =>
    db.updateTable("conversation").set({ last_seq: 0, moved_to: p.to }).where("key", "=", p.key),
  );
  const clashes = statement((p: { from: number; to: number }) =>
    db
      .selectFrom("message as moving")
      .innerJoin("message as standing", (join) =>
        join.onRef("standing.id", "=", "moving.id").on("standing.conversation_key", "=", p.to),
      )
      .select("moving.id")
      .where("moving.conversation_key", "=", p.from)
      .orderBy("moving.seq"),
  );
  const findTaken = statement((p: { one: number; other: number; id: string }) =>
    db
      .selectFrom("message")
      .select("id")
      .where("conversation_key", "in", [p.one, p.other])
      .where("id", "=", p.id),
  );
  const rename = statement((p: { key: number; id: string; newId: string }) =>
    db
      .updateTable("message")
      .set({ id: p.newId })
      .where("conversation_key", "=", p.key)
      .where("id", "=", p.id),
  );
  const move = statement((p: { from: number; to: number; offset: number }) =>
    db
      .updateTable("message")
      .set((eb) => ({ conversation_key: p.to, seq: eb("seq", "+", p.offset) }))
      .where("conversation_key", "=", p.from),
  );
  const findMessage = statement((p: { key: number; seq: number }) =>
    db.selectFrom("message").selectAll().where("conversation_key", "=", p.key).where("seq", "=", p.seq),
  );
  const setHead = statement((p: Head & { key: number }) =>
    db
      .updateTable("conversation")
      .set({
        state: p.state,
        assignee: p.assignee,
        last_seq: p.last_seq,
        contact_delivered: p.contact_delivered,
        contact_read: p.contact_read,
        agent_delivered: p.agent_delivered,
        agent_read: p.agent_read,
        updated_at: p.updated_at,
      })
      .where("key", "=", p.key),
  );

  function* changeHead(conversation: ConversationRow, head: Head): Unit<ConversationRow> {
    yield* write(setHead, { ...head, key: conversation.key });
    return { ...conversation, ...head };
  }

  /** The customer had no conversation: this is it from now on, with its id and every `seq`. */
  function* adopt(theirs: ConversationRow, contactId: string, handover: Handover, at: number) {
    yield* write(giveTo, { key: theirs.key, contactId });
    const given = { ...theirs, contact_id: contactId };
    if (theirs.last_seq === 0) return { conversation: given, lastMessage: null };
    const lastSeq = theirs.last_seq + 1;
    const lastMessage = yield* messages.addNotice(theirs.key, handover.verifiedFrom, lastSeq, at);
    const conversation = yield* changeHead(given, {
      state: theirs.state,
      assignee: theirs.assignee,
      ...moved(theirs, (position) => (position === theirs.last_seq ? lastSeq : position)),
      last_seq: lastSeq,
      updated_at: Math.max(theirs.updated_at, at),
    });
    return { conversation, lastMessage };
  }

  /** The customer had one: what the visitor said follows it, after a message that tells where they meet. */
  function* join(theirs: ConversationRow, own: ConversationRow, handover: Handover, at: number) {
    const isEmpty = theirs.last_seq === 0;
    const marker = own.last_seq + 1;
    if (!isEmpty) {
      yield* makeIdsUnique(theirs, own);
      yield* messages.addNotice(own.key, handover.writtenBefore, marker, at);
      yield* write(move, { from: theirs.key, to: own.key, offset: marker });
    }
    // Uploads that nobody has sent yet come along too.
    yield* attachments.move(theirs.id, own.id);
    yield* write(leave, { key: theirs.key, to: own.id });
    if (isEmpty) return { conversation: own, lastMessage: null };
    const lastSeq = marker + theirs.last_seq;
    const last = yield* row(findMessage, { key: own.key, seq: lastSeq });
    const conversation = yield* changeHead(own, {
      // Whoever has seen all of the one has seen as much of the other as before; whoever has not goes on where they were.
      ...moved(own, (position, name) => (position === own.last_seq ? marker + theirs[name] : position)),
      state: own.state === "closed" ? theirs.state : own.state,
      assignee: own.assignee ?? theirs.assignee,
      last_seq: lastSeq,
      updated_at: Math.max(own.updated_at, theirs.updated_at, at),
    });
    return { conversation, lastMessage: last ? toMessage(last) : null };
  }

  /**
   * Ids are made by clients, and one that knows both conversations can make the same twice. The visitor's message gets
   * another one, the same at every attempt, hashed so often that it is free.
   */
  function* makeIdsUnique(theirs: ConversationRow, own: ConversationRow): Unit<void> {
    for (const { id } of yield* rows(clashes, { from: theirs.key, to: own.key })) {
      let newId = id;
      do newId = idAfter(theirs.id, newId);
      while (yield* row(findTaken, { one: theirs.key, other: own.key, id: newId }));
      yield* write(rename, { key: theirs.key, id, newId });
      yield* attachments.follow(theirs.id, id, newId);
    }
  }

  return {
    /** The conversations that a handover reads and writes: what is known of them must be in their rows before. */
    *concerned({ contact, handover, preview }: SessionOpening): Unit<readonly string[]> {
      const visitor = handover && (yield* row(findSession, { tokenHash: handover.tokenHash }));
      if (!visitor || !contact.verified) return [];
      const customer = yield* contacts.findByKey(contact.platformKey);
      const own = customer && (yield* conversations.findOfContact(customer.id, preview));
      return own ? [visitor.conversation_id, own.id] : [visitor.conversation_id];
    },

    /** Takes nothing yet: a token for single use is not used up by a handover that is refused. */
    *visitor(
      { contact, preview, at }: SessionOpening,
      handover: Handover,
    ): Unit<SessionRow | { readonly ok: false; readonly code: HandoverRefusal }> {
      const session = yield* row(findSession, { tokenHash: handover.tokenHash });
      if (!session) return { ok: false, code: "session_missing" };
      const isForeign = session.community_id !== contact.communityId || session.preview !== flag(preview);
      if (!contact.verified || isForeign || session.method !== "anonymous")
        return { ok: false, code: "forbidden" };
      if (session.ended_at !== null) return { ok: false, code: "session_revoked" };
      if (Math.min(session.idle_expires_at, session.absolute_expires_at) <= at)
        return { ok: false, code: "session_expired" };
      const visitor = yield* contacts.find(session.contact_id);
      if (visitor?.verified !== 0) return { ok: false, code: "forbidden" };
      return session;
    },

    /** A visitor's sessions have no identity tokens to revoke. */
    *take(
      visitor: SessionRow,
      contactId: string,
      handover: Handover,
      at: number,
    ): Unit<{ readonly conversation: ConversationRow; readonly handedOver: HandedOver }> {
      const ended = yield* rows(endSessions, { contactId: visitor.contact_id, at });
      const theirs = yield* conversations.find(visitor.conversation_id);
      if (!theirs) throw new Error(`Session ${visitor.id} has lost its conversation.`);
      const own = yield* conversations.findOfContact(contactId, visitor.preview === 1);
      const { conversation, lastMessage } = own
        ? yield* join(theirs, own, handover, at)
        : yield* adopt(theirs, contactId, handover, at);
      return {
        conversation,
        handedOver: { endedSessions: ended.map(({ id }) => id), conversationId: theirs.id, lastMessage },
      };
    },
  };
}

function moved(
  { contact_delivered, contact_read, agent_delivered, agent_read }: ConversationRow,
  to: (position: number, name: Position) => number,
): Pick<Head, Position> {
  return {
    contact_delivered: to(contact_delivered, "contact_delivered"),
    contact_read: to(contact_read, "contact_read"),
    agent_delivered: to(agent_delivered, "agent_delivered"),
    agent_read: to(agent_read, "agent_read"),
  };
}

const flag = (value: boolean): Flag => (value ? 1 : 0);

const idAfter = (conversationId: string, id: string): string =>
  formatUuid(createHash("sha256").update(`${conversationId} ${id}`).digest().subarray(0, 16), 8);
