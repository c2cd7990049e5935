import type { Kysely } from "kysely";
import type { Receipts } from "../../../shared/protocol.ts";
import { decideAppends, type NewMessage } from "../append.ts";
import type { Schema } from "../schema.ts";
import type { Appended, MessageDraft, ReceiptsMoved } from "../store.ts";
import { advance } from "../units/conversation.ts";
import { toRow } from "../units/message.ts";
import {
  type ChangedHead,
  conversationBatchUnits,
  type FoundMessage,
  type LockedHead,
  messageKey,
  toFound,
} from "./conversation-batch-units.ts";
import type { WhenHeld } from "./conversation-queue.ts";
import type { Database, Send } from "./database.ts";

/** Something to be written into a conversation. */
export type ConversationWork =
  | { readonly do: "append"; readonly conversationId: string; readonly draft: MessageDraft }
  | {
      readonly do: "mark";
      readonly conversationId: string;
      readonly by: "contact" | "agent";
      readonly positions: Partial<Receipts>;
    };

export type WorkDone =
  | { readonly did: "append"; readonly answer: Appended }
  | { readonly did: "mark"; readonly answer: ReceiptsMoved | null };

/**
 * Does a batch of work, in as many conversations as there are, in one transaction and two round trips: lock and look up, then
 * store and commit. Answers in the order of the work. Throws DatabaseFailure: then nothing of the batch was done, or, where
 * the connection broke at the very end, it is not known.
 */
export function createConversationBatch(
  database: Database,
  db: Kysely<Schema>,
): (work: readonly ConversationWork[], whenHeld: WhenHeld) => Promise<readonly (WorkDone | "held")[]> {
  const units = conversationBatchUnits(db);

  async function look(send: Send, work: readonly ConversationWork[], whenHeld: WhenHeld) {
    const ids = new Set(work.map(({ conversationId }) => conversationId));
    const drafts = draftsOf(work);
    const sessionIds = new Set(drafts.flatMap(({ sessionId }) => sessionId ?? []));
    // The others see what was committed before the locks were had: whoever ends a session holds its conversation as well.
    const locking = send(whenHeld === "skip" ? units.freeHeads(ids) : units.heads(ids));
    const looking = drafts.length > 0 ? send(units.known(drafts, ids)) : [];
    const living = sessionIds.size > 0 ? send(units.live(sessionIds)) : [];
    const heads = new Map(((await locking) as LockedHead[]).map((head) => [head.id, head]));
    const found = new Map(((await looking) as FoundMessage[]).map(toFound));
    const live = new Set(((await living) as { id: string }[]).map(({ id }) => id));

    // Held, or moved meanwhile by whoever held it, or not there at all: what is waited for tells the three apart, and a session
    // whether it has ended with the move. Work of no session is waited with for what is held alone.
    const missing = whenHeld === "skip" ? [...ids].filter((id) => !heads.has(id)) : [];
    const ofSessions = new Set(drafts.flatMap((one) => (one.sessionId ? one.conversationId : [])));
    const others = missing.filter((id) => !ofSessions.has(id));
    const standing = others.length > 0 ? ((await send(units.standing(others))) as { id: string }[]) : [];
    const held = [...missing.filter((id) => ofSessions.has(id)), ...standing.map(({ id }) => id)];
    return { heads, found, live, held: new Set(held) };
  }

  return (work, whenHeld) =>
    database.transact(async (send) => {
      const { heads, found, live, held } = await look(send, work, whenHeld);
      const { answers, added } = decideAppends(
        draftsOf(work).filter(({ conversationId }) => !held.has(conversationId)),
        {
          isLive: (sessionId) => live.has(sessionId),
          lastSeq: (conversationId) => heads.get(conversationId)?.last_seq ?? null,
          find: (conversationId, id) => found.get(messageKey(conversationId, id)) ?? null,
        },
      );
      const changes = createChanges(heads);
      for (const one of added) changes.grow(one);
      const appended = answers.values();
      const done = work.map((one): WorkDone | "held" => {
        if (held.has(one.conversationId)) return "held";
        return one.do === "append"
          ? { did: "append", answer: appended.next().value as Appended }
          : { did: "mark", answer: changes.mark(one.conversationId, one.by, one.positions) };
      });
      const keyOf = (conversationId: string) => heads.get(conversationId)?.key ?? 0;
      if (added.length > 0)
        void send(
          units.insert(
            added.map(({ conversationId, message, at }) => toRow(keyOf(conversationId), message, at)),
          ),
        );
      const changed = changes.list();
      if (changed.length > 0) void send(units.moveHeads(changed));
      return done;
    });
}

const draftsOf = (work: readonly ConversationWork[]): readonly MessageDraft[] =>
  work.flatMap((one) => (one.do === "append" ? [one.draft] : []));

/** What becomes of the conversations that were locked. */
function createChanges(locked: ReadonlyMap<string, LockedHead>) {
  const changed = new Map<string, ChangedHead>();

  function current(conversationId: string): ChangedHead | null {
    const known = changed.get(conversationId);
    if (known) return known;
    const head = locked.get(conversationId);
    if (!head) return null;
    const { id: _, ...columns } = head;
    return { ...columns, at: null, opens: false };
  }

  return {
    grow({ conversationId, message, at }: NewMessage): void {
      const head = current(conversationId);
      if (!head) return;
      changed.set(conversationId, {
        ...head,
        last_seq: message.seq,
        at: Math.max(head.at ?? at, at),
        opens: head.opens || message.author.kind === "contact",
      });
    },

    mark(
      conversationId: string,
      by: "contact" | "agent",
      positions: Partial<Receipts>,
    ): ReceiptsMoved | null {
      const head = current(conversationId);
      if (!head) return null;
      const before =
        by === "contact"
          ? { delivered: head.contact_delivered, read: head.contact_read }
          : { delivered: head.agent_delivered, read: head.agent_read };
      const after = advance(before, positions, head.last_seq);
      if (after.delivered !== before.delivered || after.read !== before.read)
        changed.set(conversationId, {
          ...head,
          ...(by === "contact"
            ? { contact_delivered: after.delivered, contact_read: after.read }
            : { agent_delivered: after.delivered, agent_read: after.read }),
        });
      return { before, after };
    },

    list: (): readonly ChangedHead[] => [...changed.values()],
  };
}
