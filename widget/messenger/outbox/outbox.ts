/**
 * What was written and is not yet known to be stored, in the order written; pure. One message is on its way at a time:
 * a refusal in the middle of several would let the later ones overtake it.
 */

import type { ErrorCode, ProblemCode } from "../../../shared/problems.ts";

export interface OutboxItem {
  /** UUID; the same for ever, so that sending again can never make a second message. */
  readonly id: string;
  readonly text: string;
  /** Milliseconds since 1970-01-01 UTC, by this device's clock; for display. */
  readonly writtenAt: number;
  readonly state:
    | { readonly kind: "queued" }
    | { readonly kind: "onItsWay" }
    /** The server has it, at a place in the conversation that is not shown yet. */
    | { readonly kind: "stored" }
    | { readonly kind: "failed"; readonly code: ErrorCode; readonly retryable: boolean };
}

export type Outbox = readonly OutboxItem[];

/** The message to send now, if any: one at a time. Failed ones wait for the customer and hold nobody up. */
export function nextToSend(outbox: Outbox): OutboxItem | null {
  const first = outbox.find(({ state }) => state.kind === "queued" || state.kind === "onItsWay");
  return first?.state.kind === "queued" ? first : null;
}

export const withState = (outbox: Outbox, id: string, state: OutboxItem["state"]): Outbox =>
  outbox.map((item) => (item.id === id ? { ...item, state } : item));

export const without = (outbox: Outbox, id: string): Outbox => outbox.filter((item) => item.id !== id);

/** The connection is gone: nobody knows whether what was on its way arrived, so it is sent again under its id. */
export const recalled = (outbox: Outbox): Outbox =>
  outbox.map((item) => (item.state.kind === "onItsWay" ? { ...item, state: { kind: "queued" } } : item));

export type Refusal =
  /** Try again by itself. */
  | { readonly kind: "wait"; readonly ms: number }
  /** The session is at fault, not the message: it waits for the next connection. */
  | { readonly kind: "hold" }
  | { readonly kind: "fail"; readonly retryable: boolean };

/** @param retryAfterMs as the server asked; undefined: 2 s */
export function afterRefusal(code: ProblemCode, retryAfterMs: number | undefined): Refusal {
  switch (code) {
    case "rate_limited":
    case "unavailable":
      return { kind: "wait", ms: Math.max(250, retryAfterMs ?? 2000) };
    case "session_missing":
    case "session_expired":
    case "session_revoked":
      return { kind: "hold" };
    case "message_empty":
    case "message_too_long":
    case "message_conflict":
    case "attachment_refused":
      return { kind: "fail", retryable: false };
    default:
      return { kind: "fail", retryable: true };
  }
}
