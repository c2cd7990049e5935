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
  /** The message's `at` in milliseconds. */
  readonly at: number;
}

export interface AppendDecision {
  /** For each draft, in their order. */
  readonly answers: readonly Appended[];
  /** To be stored; dense in each conversation. */
  readonly added: readonly NewMessage[];
}

/** A conversation that grows in this turn. */
interface Growing {
  lastSeq: number;
  /** By id. */
  readonly messages: Map<string, Message>;
}

export function decideAppends(drafts: readonly MessageDraft[], known: KnownMessages): AppendDecision {
  const added: NewMessage[] = [];
  const growing = new Map<string, Growing>();
  const written = createTimestamps();

  function grow(conversationId: string): Growing | null {
    const grown = growing.get(conversationId);
    if (grown) return grown;
    const lastSeq = known.lastSeq(conversationId);
    if (lastSeq === null) return null;
    const fresh = { lastSeq, messages: new Map<string, Message>() };
    growing.set(conversationId, fresh);
    return fresh;
  }

  function decide(draft: MessageDraft): Appended {
    const { conversationId, id, at } = draft;
    // Refused by itself: whoever came along in the same turn is stored.
    if (draft.text.includes("\0")) return { ok: false, code: "request_invalid" };
    if (draft.sessionId !== null && !known.isLive(draft.sessionId))
      return { ok: false, code: "session_revoked" };
    const conversation = grow(conversationId);
    if (!conversation) return { ok: false, code: "not_found" };
    const stored = conversation.messages.get(id) ?? known.find(conversationId, id);
    if (stored)
      return isRepetition(draft, stored)
        ? { ok: true, message: stored, repeated: true }
        : { ok: false, code: "message_conflict" };
    const message: Message = {
      id,
      seq: ++conversation.lastSeq,
      author: draft.author,
      text: draft.text,
      attachments: draft.attachments,
      at: written(at),
      verified: draft.verified,
    };
    conversation.messages.set(id, message);
    added.push({ conversationId, message, at });
    return { ok: true, message, repeated: false };
  }

  return { answers: drafts.map(decide), added };
}

/** Most messages of a turn arrived in one millisecond, which takes as long to write as the rest of a message. */
function createTimestamps(): typeof timestamp {
  let last = { at: Number.NaN, text: "" };
  return (at) => {
    if (at !== last.at) last = { at, text: timestamp(at) };
    return last.text;
  };
}

/** The author's name is no part of it: an agent may be renamed between two attempts. */
const isRepetition = (draft: MessageDraft, stored: Message): boolean =>
  draft.text === stored.text &&
  draft.author.kind === stored.author.kind &&
  draft.attachments.length === stored.attachments.length &&
  draft.attachments.every(({ id }, index) => id === stored.attachments[index]?.id);
