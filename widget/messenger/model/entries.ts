/** What the log shows, line by line. A line that did not change is the same object, so that rows are drawn once. */

import type { Message, Receipts } from "../../../shared/protocol.ts";
import type { Outbox, OutboxItem } from "../outbox/outbox.ts";
import type { Entry, OwnStatus } from "./messenger-model.ts";

export type EntryList = (messages: readonly Message[], agent: Receipts, outbox: Outbox) => readonly Entry[];

type MessageEntry = Extract<Entry, { kind: "message" }>;

export function createEntryList(): EntryList {
  const stored = new WeakMap<Message, MessageEntry>();
  const pending = new WeakMap<OutboxItem, Entry>();

  function line(message: Message, status: OwnStatus | null): Entry {
    const known = stored.get(message);
    if (known?.status === status) return known;
    const entry: MessageEntry = { kind: "message", message, own: status !== null, status };
    stored.set(message, entry);
    return entry;
  }

  function pendingLine(item: OutboxItem): Entry {
    const entry = pending.get(item) ?? pendingEntry(item);
    pending.set(item, entry);
    return entry;
  }

  return (messages, agent, outbox) => [
    ...messages.map((message) => line(message, ownStatus(message, agent))),
    ...outbox.map(pendingLine),
  ];
}

export function ownStatus({ author, seq }: Message, agent: Receipts): OwnStatus | null {
  if (author.kind !== "contact") return null;
  if (seq <= agent.read) return "read";
  return seq <= agent.delivered ? "delivered" : "sent";
}

function pendingEntry({ id, text, writtenAt, state }: OutboxItem): Entry {
  return state.kind === "failed"
    ? { kind: "pending", id, text, writtenAt, status: "failed", code: state.code, retryable: state.retryable }
    : { kind: "pending", id, text, writtenAt, status: "sending", code: null, retryable: false };
}
