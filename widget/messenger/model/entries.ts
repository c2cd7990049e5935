/** The lines of stored messages. A line that did not change is the same object, so that rows are drawn once. */

import type { Message, Receipts } from "../../../shared/protocol.ts";
import type { Entry, OwnStatus } from "./messenger-model.ts";

type MessageEntry = Extract<Entry, { kind: "message" }>;

export function createEntries(): (messages: readonly Message[], agent: Receipts) => readonly MessageEntry[] {
  const known = new WeakMap<Message, MessageEntry>();
  return (messages, agent) =>
    messages.map((message) => {
      const status = ownStatus(message, agent);
      const before = known.get(message);
      if (before?.status === status) return before;
      const entry: MessageEntry = { kind: "message", message, own: status !== null, status };
      known.set(message, entry);
      return entry;
    });
}

export function ownStatus({ author, seq }: Message, agent: Receipts): OwnStatus | null {
  if (author.kind !== "contact") return null;
  if (seq <= agent.read) return "read";
  return seq <= agent.delivered ? "delivered" : "sent";
}
