import { type ReadonlySignal, signal } from "@preact/signals";
import type { AgentClientFrame, AgentServerFrame, Attachment, Message } from "../../../shared/protocol.ts";
import type { Timers } from "../transport/timers.ts";
import { movedTo, type Outbox, outgoingOf, unsent, without, withStatus } from "./outbox.ts";

export interface Sending {
  readonly outbox: ReadonlySignal<Outbox>;
  send(conversationId: string, text: string, attachments?: readonly Attachment[]): void;
  /** Sends a failed message again under its old id. */
  retry(id: string): void;
  discard(id: string): void;
  /** The messages of the one conversation stand in the other now. Ids went along: what is sent again is stored once. */
  move(from: string, to: string): void;
  /** The connection is live again: whatever has no answer goes out once more, in the order written. */
  resend(): void;
  /** These messages are stored and shown: their copies leave the outbox. */
  arrived(messages: readonly Message[]): void;
  acknowledged(frame: Extract<AgentServerFrame, { t: "ack" }>): void;
  refused(frame: Extract<AgentServerFrame, { t: "refused" }>): void;
}

const patienceMs = 2000;

/** @param transmit answers false where the connection is not live; the message then waits for `resend` */
export function createSending(deps: {
  readonly transmit: (frame: AgentClientFrame) => boolean;
  readonly uuid: () => string;
  readonly timers: Timers;
}): Sending {
  const outbox = signal<Outbox>([]);

  function transmit(id: string): void {
    const outgoing = unsent(outbox.peek()).find((candidate) => candidate.id === id);
    if (!outgoing) return;
    const { conversationId, text } = outgoing;
    const attachments = outgoing.attachments.map((attachment) => attachment.id);
    deps.transmit({
      t: "send",
      conversationId,
      id,
      text,
      ...(attachments.length > 0 && { attachments }),
    });
  }

  return {
    outbox,
    send(conversationId, text, attachments = []) {
      const id = deps.uuid();
      const status = { kind: "sending" } as const;
      outbox.value = [...outbox.peek(), { id, conversationId, text, attachments, status }];
      transmit(id);
    },
    retry(id) {
      outbox.value = withStatus(outbox.peek(), id, { kind: "sending" });
      transmit(id);
    },
    discard(id) {
      outbox.value = without(outbox.peek(), new Set([id]));
    },
    move(from, to) {
      outbox.value = movedTo(outbox.peek(), from, to);
      for (const { id } of unsent(outgoingOf(outbox.peek(), to))) transmit(id);
    },
    resend() {
      for (const { id } of unsent(outbox.peek())) transmit(id);
    },
    arrived(messages) {
      if (outbox.peek().length > 0)
        outbox.value = without(outbox.peek(), new Set(messages.map(({ id }) => id)));
    },
    acknowledged({ id, seq }) {
      outbox.value = withStatus(outbox.peek(), id, { kind: "stored", seq });
    },
    refused({ id, code, detail, retryAfterMs }) {
      if (id === undefined) return;
      if (code === "rate_limited" || code === "unavailable")
        deps.timers.after(retryAfterMs ?? patienceMs, () => transmit(id));
      else outbox.value = withStatus(outbox.peek(), id, { kind: "failed", code, reason: detail });
    },
  };
}
