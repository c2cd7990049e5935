/**
 * Carries what one contact writes to the server: sends, waits, sends again, until each message is stored or refused. What
 * is not known to be stored is kept in the order written, as the very lines that the log shows.
 */

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { ProblemCode } from "../../../shared/problems.ts";
import type { ClientFrame } from "../../../shared/protocol.ts";
import type { Entry } from "../model/messenger-model.ts";
import type { Surroundings } from "../surroundings.ts";

/** `id` is a UUID, the same for ever, so that sending again can never make a second message. */
export type OutboxItem = Extract<Entry, { kind: "pending" }>;

/** A live connection answers within milliseconds; after this long the message is sent again under its id. */
const answerMs = 10_000;

export interface Courier {
  readonly outbox: ReadonlySignal<readonly OutboxItem[]>;
  write(text: string): void;
  /** Sends these before its own; their ids stay. */
  takeUp(items: readonly OutboxItem[]): void;
  /** Takes up a failed message again, or gives it up; others are left alone. */
  retry(id: string): void;
  discard(id: string): void;
  /** The server has stored it; it stays until it is `shown`. */
  stored(id: string): void;
  /** It stands in the conversation now. */
  shown(id: string): void;
  refused(id: string, code: ProblemCode, retryAfterMs: number | undefined): void;
  /** A connection is there; what the last one left unanswered is sent again. */
  linkUp(): void;
}

export function createCourier(
  { after, clock, uuid }: Pick<Surroundings, "after" | "clock" | "uuid">,
  send: (frame: ClientFrame) => boolean,
  begunWith: readonly OutboxItem[] = [],
): Courier {
  const outbox = signal(begunWith);
  /** Stored by the server, and not shown in the conversation yet. */
  const placed = new Set<string>();
  /** One at a time: a refusal in the middle of several would let the later ones overtake it. */
  let onItsWay: string | null = null;
  /** Runs while an answer is awaited, or while nothing may be sent. */
  let cancelWait: (() => void) | null = null;

  /** @param change null: takes it out */
  function update(id: string, change: Partial<OutboxItem> | null): void {
    outbox.value = outbox
      .peek()
      .flatMap((item) => (item.id !== id ? [item] : change ? [{ ...item, ...change }] : []));
  }

  const hasFailed = (id: string): boolean =>
    outbox.peek().some((item) => item.id === id && item.status === "failed");

  function pump(): void {
    // Failed ones wait for the customer and hold nobody up.
    const item = outbox.peek().find(({ id, status }) => status === "sending" && !placed.has(id));
    if (cancelWait || !item || !send({ t: "send", id: item.id, text: item.text })) return;
    onItsWay = item.id;
    cancelWait = after(answerMs, again);
  }

  /** Nobody knows whether what was on its way arrived: it is the first to be sent again, under its id. */
  function settle(): void {
    cancelWait?.();
    cancelWait = onItsWay = null;
  }

  function again(): void {
    settle();
    pump();
  }

  function answered(id: string): void {
    if (id === onItsWay) again();
  }

  return {
    outbox,
    write(text) {
      const item = { kind: "pending", id: uuid(), text, writtenAt: clock.now(), ...sending } as const;
      outbox.value = [...outbox.peek(), item];
      pump();
    },
    takeUp(items) {
      outbox.value = [...items, ...outbox.peek()];
      pump();
    },
    retry(id) {
      if (!hasFailed(id)) return;
      update(id, sending);
      pump();
    },
    discard(id) {
      if (hasFailed(id)) update(id, null);
    },
    stored(id) {
      placed.add(id);
      answered(id);
    },
    shown(id) {
      placed.delete(id);
      update(id, null);
      answered(id);
    },
    refused(id, code, retryAfterMs = 2000) {
      if (id !== onItsWay) return;
      settle();
      // A session at fault is not the message's: the connection is about to close, and the next one sends again.
      if (/^(rate_limited|unavailable|session_.*)$/.test(code))
        cancelWait = after(Math.max(250, retryAfterMs), again);
      else {
        // Refused for what it is: the same words under the same id will be refused again.
        update(id, { status: "failed", code, retryable: !/^(message|attachment)_/.test(code) });
        pump();
      }
    },
    linkUp: again,
  };
}

const sending = { status: "sending", code: null, retryable: false } as const;
