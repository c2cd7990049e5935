/** Carries the outbox of one contact to the server: sends, waits, sends again, until each message is stored or refused. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { ProblemCode } from "../../../shared/problems.ts";
import type { ClientFrame } from "../../../shared/protocol.ts";
import type { Surroundings } from "../surroundings.ts";
import {
  afterRefusal,
  nextToSend,
  type Outbox,
  type OutboxItem,
  recalled,
  without,
  withState,
} from "./outbox.ts";
import type { OutboxStorage } from "./storage.ts";

/** A live connection answers within milliseconds; after this long the message is sent again under its id. */
const answerMs = 10_000;

export interface Courier {
  readonly outbox: ReadonlySignal<Outbox>;
  /** From here on everything in it belongs to this contact. What another contact wrote is dropped, never sent. */
  bind(contactId: string): void;
  write(text: string): void;
  retry(id: string): void;
  discard(id: string): void;
  /** The server has stored it; it stays until it is `shown`. @returns null where it is not of this outbox */
  stored(id: string): OutboxItem | null;
  /** It stands in the conversation now. */
  shown(id: string): void;
  refused(id: string, code: ProblemCode, retryAfterMs: number | undefined): void;
  linkUp(): void;
  linkDown(): void;
  dispose(): void;
}

export function createCourier(
  { after, clock, uuid }: Pick<Surroundings, "after" | "clock" | "uuid">,
  storage: OutboxStorage,
  send: (frame: ClientFrame) => boolean,
): Courier {
  const outbox = signal<Outbox>([]);
  let owner: string | null = null;
  /** Runs while nothing may be sent, or while an answer is awaited. */
  let cancelWait: (() => void) | null = null;

  function update(items: Outbox): void {
    outbox.value = items;
    if (owner !== null) storage.write(owner, items);
  }

  function pump(): void {
    const item = nextToSend(outbox.peek());
    if (owner === null || cancelWait !== null || !item) return;
    if (!send({ t: "send", id: item.id, text: item.text })) return;
    update(withState(outbox.peek(), item.id, { kind: "onItsWay" }));
    wait(answerMs);
  }

  function wait(ms: number): void {
    settle();
    cancelWait = after(ms, again);
  }

  function settle(): void {
    cancelWait?.();
    cancelWait = null;
  }

  function again(): void {
    settle();
    update(recalled(outbox.peek()));
    pump();
  }

  function answered(item: OutboxItem): void {
    if (item.state.kind !== "onItsWay") return;
    settle();
    pump();
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
      update([...outbox.peek(), { id: uuid(), text, writtenAt: clock.now(), state: { kind: "queued" } }]);
      pump();
    },
    retry(id) {
      if (find(outbox.peek(), id)?.state.kind !== "failed") return;
      update(withState(outbox.peek(), id, { kind: "queued" }));
      pump();
    },
    discard(id) {
      if (find(outbox.peek(), id)?.state.kind === "failed") update(without(outbox.peek(), id));
    },
    stored(id) {
      const item = find(outbox.peek(), id);
      if (!item) return null;
      update(withState(outbox.peek(), id, { kind: "stored" }));
      answered(item);
      return item;
    },
    shown(id) {
      const item = find(outbox.peek(), id);
      if (!item) return;
      update(without(outbox.peek(), id));
      answered(item);
    },
    refused(id, code, retryAfterMs) {
      if (find(outbox.peek(), id)?.state.kind !== "onItsWay") return;
      settle();
      const refusal = afterRefusal(code, retryAfterMs);
      if (refusal.kind === "fail") {
        update(withState(outbox.peek(), id, { kind: "failed", code, retryable: refusal.retryable }));
        pump();
        return;
      }
      update(recalled(outbox.peek()));
      // A session at fault: the connection is about to close, and the next one sends again.
      wait(refusal.kind === "wait" ? refusal.ms : answerMs);
    },
    linkUp: again,
    linkDown() {
      settle();
      update(recalled(outbox.peek()));
    },
    dispose: settle,
  };
}

const find = (outbox: Outbox, id: string): OutboxItem | undefined => outbox.find((item) => item.id === id);
