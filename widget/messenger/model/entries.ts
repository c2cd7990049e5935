import type { Message, Receipts } from "../../../shared/protocol.ts";
import type { Entry, OwnStatus } from "./messenger-model.ts";

type MessageEntry = Extract<Entry, { kind: "message" }>;

const lines = new WeakMap<Message, MessageEntry>();

/** The line of a stored message. One that did not change is the same object, so that rows are drawn once. */
export function entryOf(message: Message, agent: Receipts): MessageEntry {
  const status = ownStatus(message, agent);
  const before = lines.get(message);
  if (before?.status === status) return before;
  const entry: MessageEntry = { kind: "message", message, own: status !== null, status };
  lines.set(message, entry);
  return entry;
}

function ownStatus({ author, seq }: Message, { read, delivered }: Receipts): OwnStatus | null {
  if (author.kind !== "contact") return null;
  if (seq <= read) return "read";
  return seq <= delivered ? "delivered" : "sent";
}
