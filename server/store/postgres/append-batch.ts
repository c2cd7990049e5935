import type { Kysely } from "kysely";
import { decideAppends } from "../append.ts";
import type { Schema } from "../schema.ts";
import type { Appended, MessageDraft } from "../store.ts";
import { appendUnits, type FoundMessage, type LockedHead, messageKey, toFound } from "./append-units.ts";
import type { Database } from "./database.ts";

/** `held`: somebody else holds the conversation; nothing was done about the draft. */
export type BatchAnswer = Appended | "held";

/** What to do about conversations that somebody else holds. */
export type WhenHeld = "skip" | "wait";

/**
 * Stores a batch of messages, of as many conversations as there are, in one transaction and two round trips: lock and look
 * up, then store and commit. Answers in the order of the drafts. Throws DatabaseFailure: then nothing of the batch was
 * stored, or, where the connection broke at the very end, it is not known.
 */
export function createAppendBatch(
  database: Database,
  db: Kysely<Schema>,
): (drafts: readonly MessageDraft[], whenHeld: WhenHeld) => Promise<readonly BatchAnswer[]> {
  const units = appendUnits(db);

  return (drafts, whenHeld) =>
    database.transact(async (send) => {
      const ids = new Set(drafts.map(({ conversationId }) => conversationId));
      const sessionIds = new Set(drafts.flatMap(({ sessionId }) => sessionId ?? []));
      // The others see what was committed before the locks were had: what ends a session holds its conversation as well.
      const locking = send(whenHeld === "skip" ? units.freeHeads(ids) : units.heads(ids));
      const looking = send(units.known(drafts, ids));
      const living = sessionIds.size > 0 ? send(units.live(sessionIds)) : [];
      const heads = new Map(((await locking) as LockedHead[]).map((head) => [head.id, head]));
      const found = new Map(((await looking) as FoundMessage[]).map(toFound));
      const live = new Set(((await living) as { id: string }[]).map(({ id }) => id));

      const missing = whenHeld === "skip" ? [...ids].filter((id) => !heads.has(id)) : [];
      const standing = missing.length > 0 ? await send(units.standing(missing)) : [];
      const held = new Set((standing as { id: string }[]).map(({ id }) => id));

      const due = drafts.filter(({ conversationId }) => !held.has(conversationId));
      const { answers, added } = decideAppends(due, {
        isLive: (sessionId) => live.has(sessionId),
        lastSeq: (conversationId) => heads.get(conversationId)?.last_seq ?? null,
        find: (conversationId, id) => found.get(messageKey(conversationId, id)) ?? null,
      });
      if (added.length > 0) for (const call of units.store(added, keyOf)) void send(call);

      function keyOf(conversationId: string): number {
        const head = heads.get(conversationId);
        if (!head) throw new Error(`Conversation ${conversationId} was not locked.`);
        return head.key;
      }

      const inOrder = answers.values();
      return drafts.map(({ conversationId }) =>
        held.has(conversationId) ? "held" : (inOrder.next().value as Appended),
      );
    });
}
