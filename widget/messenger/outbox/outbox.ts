/**
 * What was written and is not yet known to be stored, in the order written; pure. It is made of the very lines that the
 * log shows.
 */

import type { ProblemCode } from "../../../shared/problems.ts";
import type { Entry } from "../model/messenger-model.ts";

/** `id` is a UUID, the same for ever, so that sending again can never make a second message. */
export type OutboxItem = Extract<Entry, { kind: "pending" }>;

export type Outbox = readonly OutboxItem[];

const sending = { status: "sending", code: null, retryable: false } as const;

export const withNew = (outbox: Outbox, item: Pick<OutboxItem, "id" | "text" | "writtenAt">): Outbox => [
  ...outbox,
  { kind: "pending", ...item, ...sending },
];

export const withRetried = (outbox: Outbox, id: string): Outbox => changed(outbox, id, sending);

export const withFailed = (outbox: Outbox, id: string, code: ProblemCode): Outbox =>
  changed(outbox, id, { status: "failed", code, retryable: !isFinal(code) });

export const without = (outbox: Outbox, id: string): Outbox => outbox.filter((item) => item.id !== id);

const changed = (outbox: Outbox, id: string, change: Partial<OutboxItem>): Outbox =>
  outbox.map((item) => (item.id === id ? { ...item, ...change } : item));

/** Refused for what it is: the same words under the same id will be refused again. */
const isFinal = (code: ProblemCode): boolean => /^(message|attachment)_/.test(code);

/**
 * Milliseconds after which the same message is sent again by itself; null where the customer decides. A session at fault
 * is not the message's: the connection is about to close, and the next one sends again.
 * @param retryAfterMs as the server asked; undefined: 2 s
 */
export function resendAfter(code: ProblemCode, retryAfterMs = 2000): number | null {
  return /^(rate_limited|unavailable|session_.*)$/.test(code) ? Math.max(250, retryAfterMs) : null;
}
