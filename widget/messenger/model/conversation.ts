/**
 * Everything about one contact that this frame holds: messages, outbox, draft, who is writing, what was read. Signing out
 * or switching throws the whole object away, so nothing of one customer can be left behind for the next.
 */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type {
  ClientFrame,
  ConversationState,
  Message,
  MessagePage,
  Receipts,
  ServerFrame,
} from "../../../shared/protocol.ts";
import { createCourier, type OutboxItem } from "../outbox/courier.ts";
import type { After, Surroundings } from "../surroundings.ts";
import type { PageRequest } from "../transport/api.ts";
import { entryOf } from "./entries.ts";
import { createHistory } from "./history.ts";
import type { MessengerModel, Thread } from "./messenger-model.ts";
import { createPositions } from "./positions.ts";
import { createOwnTyping, createRemoteTyping } from "./typing.ts";

type Shown = "thread" | "unread" | "typing" | "draft";
type Done = "setDraft" | "send" | "retry" | "discard" | "loadOlder" | "markRead";

export interface Conversation extends Pick<MessengerModel, Shown | Done> {
  /** What a session says of it, first or renewed. */
  bind(state: ConversationState): void;
  /** The newest message up to which none is missing: where a new connection resumes. */
  position(): number;
  /** What its writer wrote. */
  words(): Words;
  /** Puts what was written before in front of what is here. */
  takeUp(words: Words): void;
  receive(frame: ServerFrame): void;
  dispose(): void;
}

export interface Words {
  readonly draft: string;
  readonly outbox: readonly OutboxItem[];
  /** Ids of what is stored of them, as far as it is known here. */
  readonly stored: readonly string[];
}

export interface ConversationParts {
  /** Carried over from the conversation before; its messages keep their ids, so that none can be stored twice. */
  readonly words?: Words | undefined;
  readonly surroundings: Pick<Surroundings, "after" | "clock" | "random" | "uuid">;
  /** @returns whether a live connection took it */
  readonly send: (frame: ClientFrame) => boolean;
  readonly read: (page: PageRequest) => Promise<MessagePage | null>;
  /** Somebody else wrote, just now or while the connection was lost. */
  readonly received: (message: Message) => void;
}

export function createConversation(parts: ConversationParts): Conversation {
  const { received } = parts;
  /** What comes of requests under way is nobody's from then on. */
  let isGone = false;
  /** Cancels what waits: it would do something for nobody, and keep the conversation in memory until then. */
  const waiting = new Set<() => void>();
  const after: After = (ms, run) => {
    const cancel = parts.surroundings.after(ms, () => {
      waiting.delete(cancel);
      run();
    });
    waiting.add(cancel);
    return () => {
      waiting.delete(cancel);
      cancel();
    };
  };
  const send: ConversationParts["send"] = (frame) => !isGone && parts.send(frame);
  const read: ConversationParts["read"] = async (page) => {
    const answer = await parts.read(page);
    return isGone ? null : answer;
  };
  const surroundings = { ...parts.surroundings, after };
  const agent = signal<Receipts>({ delivered: 0, read: 0 });
  const draft = signal(parts.words?.draft ?? "");
  const courier = createCourier(surroundings, send, parts.words?.outbox);
  const positions = createPositions(after, send);
  const remote = createRemoteTyping(after);
  const composing = createOwnTyping(after, (on) => send({ t: "typing", on }));
  const history = createHistory(surroundings, { read, added });
  const { window } = history;
  let isBound = false;

  function added(message: Message, where: "newer" | "older"): void {
    const { id, seq, author } = message;
    if (author.kind === "contact") {
      courier.shown(id);
      return;
    }
    positions.arrived(seq);
    if (where === "older") return;
    remote.heard(author.name, false);
    received(message);
  }

  function agentReached({ delivered, read }: Receipts): void {
    const before = agent.peek();
    agent.value = {
      delivered: Math.max(before.delivered, delivered, read),
      read: Math.max(before.read, read),
    };
  }

  function know(state: Pick<ConversationState, "readSeq" | "agent">): void {
    positions.known(state.readSeq);
    agentReached(state.agent);
  }

  function receive(frame: ServerFrame): void {
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
        // The message itself comes to whoever sent it as well, or is read as a gap.
        courier.stored(frame.id);
        history.exists(frame.seq);
        break;
      case "refused":
        if (frame.id) courier.refused(frame.id, frame.code, frame.retryAfterMs);
        break;
      case "receipt":
        if (frame.by === "agent")
          agentReached({ delivered: frame.seq, read: frame.kind === "read" ? frame.seq : 0 });
        else if (frame.kind === "read") positions.known(frame.seq);
        break;
      case "typing":
        if (frame.by === "agent") remote.heard(frame.name, frame.on);
    }
  }

  const thread: ReadonlySignal<Thread> = computed(() => ({
    entries: [
      ...window.value.messages.map((message) => entryOf(message, agent.value)),
      ...courier.outbox.value,
    ],
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
    bind(state) {
      know(state);
      if (isBound) return;
      isBound = true;
      history.open(state.lastSeq);
      void history.older();
    },
    position: () => window.peek().last,
    words: () => ({
      draft: draft.peek(),
      outbox: courier.outbox.peek(),
      stored: window.peek().messages.flatMap(({ id, author }) => (author.kind === "contact" ? [id] : [])),
    }),
    takeUp(words) {
      draft.value = [words.draft, draft.peek()].filter(Boolean).join("\n");
      courier.takeUp(words.outbox);
    },
    receive: (frame) => batch(() => receive(frame)),
    setDraft(text) {
      draft.value = text;
      composing(text);
    },
    send: (text) =>
      batch(() => {
        draft.value = "";
        composing("");
        courier.write(text);
      }),
    retry: courier.retry,
    discard: courier.discard,
    loadOlder: history.older,
    markRead: (seq) => positions.read(Math.min(seq, window.peek().last)),
    dispose() {
      isGone = true;
      for (const cancel of waiting) cancel();
    },
  };
}
