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
import type { Company } from "./company.ts";
import { entryOf } from "./entries.ts";
import { createHistory, missedAtMost } from "./history.ts";
import type { DeskNews, MessengerModel, Thread } from "./messenger-model.ts";
import { createPositions } from "./positions.ts";

/** Longer than this no word waits for the company to come: it is sent by this tab, and kept in memory. */
const companyMs = 5000;

type Shown = "thread" | "unread" | "typing" | "desk" | "draft";
type Done = "setDraft" | "send" | "retry" | "discard" | "loadOlder" | "markRead";

export interface Conversation extends Pick<MessengerModel, Shown | Done> {
  /** What a session says of it, first or renewed, and whose it is. */
  bind(state: ConversationState, holder: Holder): void;
  /** The newest message up to which none is missing: where a new connection resumes. */
  position(): number;
  /** What its writer wrote. */
  words(): Words;
  /** Puts what was written before in front of what is here. */
  takeUp(words: Words): void;
  receive(frame: ServerFrame): void;
  dispose(): void;
}

/** Both as `outbox/words.ts` names them. */
export interface Holder {
  readonly owner: string;
  /** Whose kept words come along. */
  readonly formerOwner: string | undefined;
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
  readonly surroundings: Pick<Surroundings, "after" | "clock" | "random" | "uuid" | "loadCompanies">;
  /** Whether there is a connection. */
  readonly isLive: ReadonlySignal<boolean>;
  /** @returns whether a live connection took it */
  readonly send: (frame: ClientFrame) => boolean;
  readonly read: (page: PageRequest) => Promise<MessagePage | null>;
  /** Somebody else wrote, just now or while the connection was lost. */
  readonly received: (message: Message) => void;
}

export function createConversation(parts: ConversationParts): Conversation {
  const { received, isLive } = parts;
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
  const desk = signal<DeskNews>({});
  const typing = signal<readonly (string | null)[]>([]);
  const history = createHistory(surroundings, { read, added });
  const { window } = history;
  let isBound = false;
  let holder: Holder | null = null;
  let company: Company | null = null;

  /** Without it words wait in memory; it is asked for again with each session and each connection. */
  function seekCompany(): void {
    const mine = holder;
    const isSought = (): boolean => !isGone && holder === mine && (!company || company.isOver());
    if (!mine || !isSought()) return;
    const sendAnyway = (): void => {
      if (isSought()) courier.turn("here");
    };
    const cancel = after(companyMs, sendAnyway);
    parts.surroundings.loadCompanies().then(({ keep }) => {
      cancel();
      if (!isSought()) return;
      company?.leave();
      company = keep({ holder: mine, after, courier, history, positions, typing, isLive, send });
    }, sendAnyway);
  }

  function added(message: Message, where: "newer" | "older"): void {
    const { id, seq, author } = message;
    if (author.kind === "contact") {
      courier.shown(id);
      return;
    }
    positions.arrived(seq);
    if (where === "older" || author.kind !== "agent") return;
    company?.heardTyping(author.name, false);
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
        seekCompany();
        if (frame.lastSeq - window.peek().last > missedAtMost) history.open(frame.lastSeq);
        break;
      case "message":
        history.arrived(frame.message);
        break;
      case "ack":
        // The message itself comes to whoever sent it as well, or is read as a gap. It may have been stored long ago.
        if (frame.seq > window.peek().last) courier.stored(frame.id);
        else courier.shown(frame.id);
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
      case "presence":
      case "state":
        desk.value = { ...desk.peek(), ...frame };
        break;
      case "typing":
        if (frame.by === "agent") company?.heardTyping(frame.name, frame.on);
    }
    // The first page may have failed, with the connection or by itself: every heartbeat asks for it.
    if (window.peek().messages.length === 0) void history.older();
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
          ({ author, seq }) => author.kind === "agent" && seq > positions.readSeq.value,
        ).length,
    ),
    typing,
    desk,
    draft,
    bind(state, of) {
      know(state);
      if (holder?.owner !== of.owner) {
        company?.leave();
        company = null;
        courier.turn("elsewhere");
        holder = of;
      }
      seekCompany();
      if (isBound) return;
      isBound = true;
      history.open(state.lastSeq);
      void history.older();
    },
    position: () => window.peek().last,
    words: () => ({
      draft: draft.peek(),
      // Whether the next conversation has what was stored is for the server to say.
      outbox: courier.outbox.peek().map(({ isStored, ...item }) => item),
      stored: window.peek().messages.flatMap(({ id, author }) => (author.kind === "contact" ? [id] : [])),
    }),
    takeUp(words) {
      draft.value = [words.draft, draft.peek()].filter(Boolean).join("\n");
      courier.takeUp(words.outbox);
    },
    receive: (frame) => batch(() => receive(frame)),
    setDraft(text) {
      draft.value = text;
      company?.composing(text);
    },
    send: (text, attachments) =>
      batch(() => {
        if (!courier.write(text, attachments)) return;
        draft.value = "";
        company?.composing("");
      }),
    retry: courier.retry,
    discard: courier.discard,
    loadOlder: history.older,
    markRead: (seq) => positions.read(Math.min(seq, window.peek().last)),
    dispose() {
      isGone = true;
      company?.leave();
      for (const cancel of waiting) cancel();
    },
  };
}
