/**
 * Carries what one contact writes to the server: sends, waits, sends again, until each message is stored or refused. What
 * is not known to be stored is kept in the order written, as the very lines that the log shows.
 */

import { type Signal, signal } from "@preact/signals-core";
import type { ProblemCode } from "../../../shared/problems.ts";
import type { Attachment, ClientFrame } from "../../../shared/protocol.ts";
import type { Entry } from "../model/messenger-model.ts";
import type { Surroundings } from "../surroundings.ts";

/** `id` is a UUID, the same for ever, so that sending again can never make a second message. */
export interface OutboxItem extends Extract<Entry, { kind: "pending" }> {
  /** The server has stored it; it stays until it stands in the conversation. */
  readonly isStored?: true;
}

/** A live connection answers within milliseconds; after this long the message is sent again under its id. */
export const answerMs = 10_000;
/** More than this nobody writes while waiting. */
export const mostWaiting = 100;

export interface Courier {
  /** Changed from outside by what other tabs of this customer wrote, sent and gave up: `outbox/shared-outbox.ts`. */
  readonly outbox: Signal<readonly OutboxItem[]>;
  /** @returns whether there was room for it */
  write(text: string, attachments?: readonly Attachment[]): boolean;
  /** Sends these before its own; their ids stay. */
  takeUp(items: readonly OutboxItem[]): void;
  /** Takes up a failed message again; others are left alone. */
  retry(id: string): void;
  /** Gives up a failed message. @returns whether it was one */
  discard(id: string): boolean;
  /** The server has stored it; it stays until it is `shown`. */
  stored(id: string): void;
  /** It stands in the conversation now. */
  shown(id: string): void;
  refused(id: string, code: ProblemCode, retryAfterMs: number | undefined): void;
  /** A connection is there; what the last one left unanswered is sent again. */
  linkUp(): void;
  /** `here`: this tab sends, also what has come from others. `elsewhere`, as at the beginning: it leaves that to another. */
  turn(is: "here" | "elsewhere"): void;
}

export function createCourier(
  { after, clock, uuid }: Pick<Surroundings, "after" | "clock" | "uuid">,
  send: (frame: ClientFrame) => boolean,
  begunWith: readonly OutboxItem[] = [],
): Courier {
  const outbox = signal(begunWith);
  let turn: "here" | "elsewhere" = "elsewhere";
  /** One at a time: a refusal in the middle of several would let the later ones overtake it. */
  let onItsWay: string | null = null;
  /** Runs while an answer is awaited, or while nothing may be sent. */
  let cancelWait: (() => void) | null = null;

  /** @param change null: takes it out */
  function update(id: string, change: Partial<OutboxItem> | null): void {
    const items = outbox.peek();
    if (items.some((item) => item.id === id))
      outbox.value = items.flatMap((item) =>
        item.id !== id ? [item] : change ? [{ ...item, ...change }] : [],
      );
  }

  const hasFailed = (id: string): boolean =>
    outbox.peek().some((item) => item.id === id && item.status === "failed");

  function pump(): void {
    const item = outbox.peek().find(isWaiting);
    if (turn === "elsewhere" || cancelWait || !item) return;
    const { id, text } = item;
    const attachments = item.attachments?.map((attachment) => attachment.id);
    if (!send({ t: "send", id, text, ...(attachments && { attachments }) })) return;
    onItsWay = id;
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

  function answered(id: string, change: Partial<OutboxItem> | null): void {
    update(id, change);
    if (id === onItsWay) again();
  }

  return {
    outbox,
    write(text, attachments) {
      const waiting = outbox.peek();
      if (waiting.length >= mostWaiting) return false;
      const item = {
        kind: "pending",
        id: uuid(),
        text,
        attachments,
        writtenAt: clock.now(),
        ...sending,
      } as const;
      outbox.value = [...waiting, item];
      pump();
      return true;
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
      const isFailed = hasFailed(id);
      if (isFailed) update(id, null);
      return isFailed;
    },
    stored: (id) => answered(id, { isStored: true }),
    shown: (id) => answered(id, null),
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
    linkUp() {
      // What is stored comes with what was missed, or stands in what is passed over.
      outbox.value = outbox.peek().filter(({ isStored }) => !isStored);
      again();
    },
    turn(is) {
      if (is !== turn) settle();
      turn = is;
      pump();
    },
  };
}

/** Failed ones wait for the customer and hold nobody up. */
export const isWaiting = ({ status, isStored }: OutboxItem): boolean => status === "sending" && !isStored;

const sending = { status: "sending", code: null, retryable: false } as const;
