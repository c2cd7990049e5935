/** Carries the outbox of one contact to the server: sends, waits, sends again, until each message is stored or refused. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { ProblemCode } from "../../../shared/problems.ts";
import type { ClientFrame } from "../../../shared/protocol.ts";
import type { Surroundings } from "../surroundings.ts";
import {
  type Outbox,
  type OutboxItem,
  resendAfter,
  withFailed,
  withNew,
  without,
  withRetried,
} from "./outbox.ts";
import type { OutboxStorage } from "./storage.ts";

/** A live connection answers within milliseconds; after this long the message is sent again under its id. */
const answerMs = 10_000;

export interface Courier {
  readonly outbox: ReadonlySignal<Outbox>;
  /** From here on everything in it belongs to this contact. What another contact wrote is dropped, never sent. */
  bind(contactId: string): void;
  write(text: string): void;
  /** Takes up a failed message again, or gives it up; others are left alone. */
  retry(id: string): void;
  discard(id: string): void;
  /** The server has stored it; it stays until it is `shown`. @returns undefined where it is not of this outbox */
  stored(id: string): OutboxItem | undefined;
  /** It stands in the conversation now. */
  shown(id: string): void;
  refused(id: string, code: ProblemCode, retryAfterMs: number | undefined): void;
  /** A connection is there; what the last one left unanswered is sent again. */
  linkUp(): void;
  dispose(): void;
}

export function createCourier(
  { after, clock, uuid }: Pick<Surroundings, "after" | "clock" | "uuid">,
  storage: OutboxStorage,
  send: (frame: ClientFrame) => boolean,
): Courier {
  const outbox = signal<Outbox>([]);
  /** Stored by the server at a place in the conversation that is not shown yet. */
  const placed = new Set<string>();
  let owner: string | null = null;
  /** One at a time: a refusal in the middle of several would let the later ones overtake it. */
  let onItsWay: string | null = null;
  /** Runs while an answer is awaited, or while nothing may be sent. */
  let cancelWait: (() => void) | null = null;

  function update(items: Outbox): void {
    outbox.value = items;
    if (owner !== null) storage.write(owner, items);
  }

  const find = (id: string): OutboxItem | undefined => outbox.peek().find((item) => item.id === id);

  // Failed ones wait for the customer and hold nobody up.
  const nextToSend = (): OutboxItem | undefined =>
    outbox.peek().find(({ id, status }) => status === "sending" && !placed.has(id));

  function pump(): void {
    const item = nextToSend();
    if (owner === null || cancelWait || !item || !send({ t: "send", id: item.id, text: item.text })) return;
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
    bind(contactId) {
      if (owner === contactId) return;
      const written = owner === null ? outbox.peek() : [];
      owner = contactId;
      update([...storage.read(contactId), ...written]);
    },
    write(text) {
      update(withNew(outbox.peek(), { id: uuid(), text, writtenAt: clock.now() }));
      pump();
    },
    retry(id) {
      if (find(id)?.status !== "failed") return;
      update(withRetried(outbox.peek(), id));
      pump();
    },
    discard(id) {
      if (find(id)?.status === "failed") update(without(outbox.peek(), id));
    },
    stored(id) {
      placed.add(id);
      answered(id);
      return find(id);
    },
    shown(id) {
      placed.delete(id);
      if (find(id)) update(without(outbox.peek(), id));
      answered(id);
    },
    refused(id, code, retryAfterMs) {
      if (id !== onItsWay) return;
      const ms = resendAfter(code, retryAfterMs);
      settle();
      if (ms === null) {
        update(withFailed(outbox.peek(), id, code));
        pump();
      } else cancelWait = after(ms, again);
    },
    linkUp: again,
    dispose: settle,
  };
}
