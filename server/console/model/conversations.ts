/** What one conversation's row knows, and how events change it. Pure; positions only move forwards. */

import type { AgentConversation, Message, ReceiptKind, Receipts } from "../../../shared/protocol.ts";

/** A newer answer of the server over what is known here; frames may have run ahead of that answer. */
export function refreshed(
  known: AgentConversation | undefined,
  fetched: AgentConversation,
): AgentConversation {
  if (!known) return fetched;
  const ahead = known.lastSeq > fetched.lastSeq;
  return {
    ...fetched,
    lastSeq: Math.max(known.lastSeq, fetched.lastSeq),
    lastMessage: ahead ? known.lastMessage : fetched.lastMessage,
    updatedAt: ahead ? known.updatedAt : fetched.updatedAt,
    agent: furthest(known.agent, fetched.agent),
    customer: furthest(known.customer, fetched.customer),
  };
}

export function withMessage(conversation: AgentConversation, message: Message): AgentConversation {
  if (message.seq <= conversation.lastSeq) return conversation;
  return { ...conversation, lastSeq: message.seq, lastMessage: message, updatedAt: message.at };
}

export function withReceipt(
  conversation: AgentConversation,
  by: "agent" | "contact",
  kind: ReceiptKind,
  seq: number,
): AgentConversation {
  const side = by === "agent" ? "agent" : "customer";
  const before = conversation[side];
  const moved = furthest(before, { delivered: seq, read: kind === "read" ? seq : 0 });
  const same = moved.delivered === before.delivered && moved.read === before.read;
  return same ? conversation : { ...conversation, [side]: moved };
}

const furthest = (a: Receipts, b: Receipts): Receipts => ({
  delivered: Math.max(a.delivered, b.delivered),
  read: Math.max(a.read, b.read),
});

/**
 * Messages that no agent has seen. Where an agent had the last word, somebody has looked; a remark of the system, such as
 * that a visitor signed in, answers nobody, and is none of them.
 */
export function unreadOf({ lastMessage, lastSeq, agent }: AgentConversation): number {
  if (!lastMessage || lastMessage.author.kind === "agent") return 0;
  const remarks = lastMessage.author.kind === "system" ? 1 : 0;
  return Math.max(0, lastSeq - remarks - agent.read);
}

/** Most recently active first. */
export const byActivity = (a: AgentConversation, b: AgentConversation): number =>
  a.updatedAt === b.updatedAt ? (a.id < b.id ? 1 : -1) : a.updatedAt < b.updatedAt ? 1 : -1;
