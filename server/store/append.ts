/**
 * What becomes of the messages of one turn: a pure decision, the same for every database. They are taken in the order of
 * their arrival, which is the order they are acknowledged in; a message may repeat, or contradict, one before it in the
 * same turn.
 */

import { timestamp } from "../../shared/clock.ts";
import type { Message } from "../../shared/protocol.ts";
import type { Appended, MessageDraft } from "./store.ts";

/** What was known before this turn. */
export interface KnownMessages {
  isLive(sessionId: string): boolean;
  /** null: no such conversation. */
  lastSeq(conversationId: string): number | null;
  find(conversationId: string, messageId: string): Message | null;
}

export interface NewMessage {
  readonly conversationId: string;
  readonly message: Message;
}

export interface AppendDecision {
  /** For each draft, in their order. */
  readonly answers: readonly Appended[];
  /** To be stored; dense in each conversation. */
  readonly added: readonly NewMessage[];
}

export function decideAppends(drafts: readonly MessageDraft[], known: KnownMessages): AppendDecision {
  const added: NewMessage[] = [];
  const lastSeqs = new Map<string, number>();
  const thisTurn = new Map<string, Message>();

  function decide(draft: MessageDraft): Appended {
    const { conversationId, id } = draft;
    if (draft.sessionId !== null && !known.isLive(draft.sessionId))
      return { ok: false, code: "session_revoked" };
    const lastSeq = lastSeqs.get(conversationId) ?? known.lastSeq(conversationId);
    if (lastSeq === null) return { ok: false, code: "not_found" };
    const place = `${conversationId} ${id}`;
    const stored = thisTurn.get(place) ?? known.find(conversationId, id);
    if (stored)
      return isRepetition(draft, stored)
        ? { ok: true, message: stored, repeated: true }
        : { ok: false, code: "message_conflict" };
    const message: Message = {
      id,
      seq: lastSeq + 1,
      author: draft.author,
      text: draft.text,
      attachments: [],
      at: timestamp(draft.at),
      verified: draft.verified,
    };
    lastSeqs.set(conversationId, message.seq);
    thisTurn.set(place, message);
    added.push({ conversationId, message });
    return { ok: true, message, repeated: false };
  }

  return { answers: drafts.map(decide), added };
}

/** The author's name is no part of it: an agent may be renamed between two attempts. */
const isRepetition = (draft: MessageDraft, stored: Message): boolean =>
  draft.text === stored.text && draft.author.kind === stored.author.kind;
