/** What the agent wrote and the conversation does not show as stored yet. Pure. */

import type { ErrorCode } from "../../../shared/problems.ts";
import type { Attachment } from "../../../shared/protocol.ts";

export interface Outgoing {
  /** The message's own id: sending it again under this id can never make two of it (invariant 3). */
  readonly id: string;
  readonly conversationId: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly status: OutgoingStatus;
}

export type OutgoingStatus =
  | { readonly kind: "sending" }
  /** Acknowledged; it leaves the outbox once its message has arrived. */
  | { readonly kind: "stored"; readonly seq: number }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly reason: string };

export type Outbox = readonly Outgoing[];

export const withStatus = (outbox: Outbox, id: string, status: OutgoingStatus): Outbox =>
  outbox.map((outgoing) => (outgoing.id === id ? { ...outgoing, status } : outgoing));

export const without = (outbox: Outbox, ids: ReadonlySet<string>): Outbox =>
  outbox.some(({ id }) => ids.has(id)) ? outbox.filter(({ id }) => !ids.has(id)) : outbox;

/** A message that found its old place empty is on its way again. */
export const movedTo = (outbox: Outbox, from: string, to: string): Outbox =>
  outbox.map((outgoing) => {
    if (outgoing.conversationId !== from) return outgoing;
    const { status } = outgoing;
    const lost = status.kind === "failed" && status.code === "not_found";
    return { ...outgoing, conversationId: to, status: lost ? { kind: "sending" } : status };
  });

export const unsent = (outbox: Outbox): Outbox => outbox.filter(({ status }) => status.kind === "sending");

export const outgoingOf = (outbox: Outbox, conversationId: string): Outbox =>
  outbox.filter((outgoing) => outgoing.conversationId === conversationId);
