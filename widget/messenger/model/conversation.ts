/**
 * Everything about one contact that this frame holds: messages, outbox, draft, who is writing, what was read. Signing out
 * or switching throws the whole object away, so nothing of one customer can be left behind for the next.
 */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type {
  ClientFrame,
  ConversationState,
  Message,
  MessagePage,
  OpenedSession,
  Receipts,
  ServerFrame,
} from "../../../shared/protocol.ts";
import { createCourier } from "../outbox/courier.ts";
import type { OutboxStorage } from "../outbox/storage.ts";
import type { Surroundings } from "../surroundings.ts";
import type { PageRequest } from "../transport/api.ts";
import { createEntries } from "./entries.ts";
import { createHistory } from "./history.ts";
import { openWindow } from "./message-window.ts";
import type { MessengerModel, Thread } from "./messenger-model.ts";
import { createPositions } from "./positions.ts";
import { createOwnTyping, createRemoteTyping } from "./typing.ts";

type Shown = "thread" | "unread" | "typing" | "draft";
type Done = "setDraft" | "send" | "retry" | "discard" | "loadOlder" | "markRead";

export interface Conversation extends Pick<MessengerModel, Shown | Done> {
  /** The session that this conversation is for, first or renewed. What was written before belongs to its contact. */
  bind(session: OpenedSession): void;
  /** The newest message up to which none is missing: where a new connection resumes. */
  position(): number;
  receive(frame: ServerFrame): void;
  dispose(): void;
}

export interface ConversationParts {
  readonly surroundings: Pick<Surroundings, "after" | "clock" | "random" | "uuid">;
  readonly storage: OutboxStorage;
  /** @returns whether a live connection took it */
  readonly send: (frame: ClientFrame) => boolean;
  readonly read: (page: PageRequest) => Promise<MessagePage | null>;
  /** Somebody else wrote, just now or while the connection was lost. */
  readonly received: (message: Message) => void;
}

const nothingRead: Receipts = { delivered: 0, read: 0 };

export function createConversation(parts: ConversationParts): Conversation {
  const { surroundings, send } = parts;
  const { after } = surroundings;
  const window = signal(openWindow(0));
  const agent = signal(nothingRead);
  const draft = signal("");
  const entries = createEntries();
  const courier = createCourier(surroundings, parts.storage, send);
  const positions = createPositions(after, send);
  const remote = createRemoteTyping(after);
  const own = createOwnTyping(after, (on) => send({ t: "typing", on }));
  const history = createHistory(surroundings, { window, read: parts.read, added });
  let session: OpenedSession | null = null;

  function added(messages: readonly Message[], where: "newer" | "older"): void {
    for (const message of messages) {
      if (message.author.kind === "contact") {
        courier.shown(message.id);
        continue;
      }
      positions.arrived(message.seq);
      if (where === "older") continue;
      remote.heard(message.author.name, false);
      parts.received(message);
    }
  }

  /** The answer to our own message says where it stands; nothing is waited for to show it there. */
  function acknowledged({ id, seq, at }: Extract<ServerFrame, { t: "ack" }>): void {
    const item = courier.stored(id);
    if (!item || !session) return;
    if (seq <= window.peek().last) {
      courier.shown(id);
      return;
    }
    const { name, verified } = session.contact;
    const author = { kind: "contact", name } as const;
    history.arrived({ id, seq, author, text: item.text, attachments: [], at, verified });
  }

  function know(state: Pick<ConversationState, "readSeq" | "agent">): void {
    positions.known(state.readSeq);
    agent.value = furthest(agent.peek(), state.agent);
  }

  function receipt({ by, kind, seq }: Extract<ServerFrame, { t: "receipt" }>): void {
    const read = kind === "read" ? seq : 0;
    if (by === "agent") agent.value = furthest(agent.peek(), { delivered: seq, read });
    else if (read > 0) positions.known(read);
  }

  function handle(frame: ServerFrame): void {
    switch (frame.t) {
      case "ready":
        know(frame);
        positions.linkUp();
        courier.linkUp();
        // The first page may have failed with the connection.
        if (window.peek().messages.length === 0) void history.older();
        break;
      case "message":
        history.arrived(frame.message);
        break;
      case "ack":
        acknowledged(frame);
        break;
      case "refused":
        if (frame.id !== undefined) courier.refused(frame.id, frame.code, frame.retryAfterMs);
        break;
      case "receipt":
        receipt(frame);
        break;
      case "typing":
        if (frame.by === "agent") remote.heard(frame.name, frame.on);
    }
  }

  const thread: ReadonlySignal<Thread> = computed(() => ({
    entries: [...entries(window.value.messages, agent.value), ...courier.outbox.value],
    hasOlder: window.value.floor > 0,
    loadingOlder: history.loading.value,
    lastSeq: window.value.last,
    readSeq: positions.readSeq.value,
    agent: agent.value,
  }));

  return {
    thread,
    unread: computed(
      () =>
        window.value.messages.filter(
          ({ author, seq }) => author.kind !== "contact" && seq > positions.readSeq.value,
        ).length,
    ),
    typing: remote.names,
    draft,
    bind(opened) {
      const { conversation, contact } = opened;
      const first = session === null;
      session = opened;
      batch(() => {
        if (first) window.value = openWindow(conversation.lastSeq);
        know(conversation);
        courier.bind(contact.id);
      });
      if (first) void history.older();
    },
    position: () => window.peek().last,
    receive: (frame) => batch(() => handle(frame)),
    setDraft(text) {
      draft.value = text;
      own.composing(text);
    },
    send(text) {
      batch(() => {
        draft.value = "";
        own.composing("");
        courier.write(text);
      });
    },
    retry: courier.retry,
    discard: courier.discard,
    loadOlder: history.older,
    markRead: (seq) => positions.read(Math.min(seq, window.peek().last)),
    dispose() {
      for (const part of [courier, positions, remote, own, history]) part.dispose();
    },
  };
}

const furthest = (a: Receipts, b: Receipts): Receipts => ({
  delivered: Math.max(a.delivered, b.delivered, b.read),
  read: Math.max(a.read, b.read),
});
