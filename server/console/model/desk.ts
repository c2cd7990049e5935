import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../../shared/clock.ts";
import type {
  AgentConversation,
  AgentServerFrame,
  ConversationStatus,
  DeskAgent,
  Message,
} from "../../../shared/protocol.ts";
import type { AgentApi } from "../transport/agent-api.ts";
import type { AgentFiles } from "../transport/agent-files.ts";
import { DeskError } from "../transport/desk-error.ts";
import { createLink, type Link, type LinkDeps } from "../transport/link.ts";
import type { LinkState } from "../transport/link-state.ts";
import type { Timers } from "../transport/timers.ts";
import { type Attaching, createAttaching } from "./attaching.ts";
import { type ConversationList, createConversationList } from "./conversation-list.ts";
import { unreadOf, withMessage, withReceipt } from "./conversations.ts";
import { createDelivered } from "./delivered.ts";
import { type Outbox, outgoingOf } from "./outbox.ts";
import type { ReadAgain, Report } from "./report.ts";
import { createSending, type Sending } from "./sending.ts";
import { lastSeq, loadingThread, type Thread } from "./thread.ts";
import { createThreads } from "./threads.ts";
import { createOwnTyping, createRemoteTyping } from "./typing.ts";

export interface DeskDeps extends Pick<LinkDeps, "token" | "openSocket" | "random"> {
  readonly api: AgentApi;
  readonly files: AgentFiles;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly uuid: () => string;
  /** Whether somebody can see the desk: what arrives unseen is delivered, not read. */
  readonly visible: ReadonlySignal<boolean>;
  readonly report: Report;
}

/** The conversation on the screen. */
export interface OpenConversation {
  readonly conversation: AgentConversation;
  readonly thread: Thread;
  readonly outgoing: Outbox;
  readonly typing: boolean;
}

/** A customer's message that came in live. */
export interface Arrival {
  readonly conversation: AgentConversation;
  readonly message: Message;
}

export interface ConversationChange {
  readonly state?: ConversationStatus;
  readonly assignee?: string | null;
}

export interface Desk {
  readonly link: ReadonlySignal<LinkState>;
  readonly list: Pick<ConversationList, "view" | "phase" | "rows" | "setView" | "refresh" | "loadMore">;
  readonly sending: Pick<Sending, "retry" | "discard">;
  readonly typing: ReadonlySignal<ReadonlySet<string>>;
  readonly selectedId: ReadonlySignal<string | null>;
  /** null: none is selected, or it is not known yet. */
  readonly selected: ReadonlySignal<OpenConversation | null>;
  readonly arrival: ReadonlySignal<Arrival | null>;
  /** Conversations of the view with something unread. */
  readonly unread: ReadonlySignal<number>;
  /** Everybody at a desk, oneself included; empty until the server has said. */
  readonly agents: ReadonlySignal<readonly DeskAgent[]>;
  /** The reply being written in the selected conversation; each conversation keeps its own. */
  readonly draft: ReadonlySignal<string>;
  readonly files: AgentFiles;
  /** Files for the replies being written, of all conversations. */
  readonly attaching: Attaching;
  select(id: string | null): void;
  setDraft(text: string): void;
  /** Sends the draft, with what was uploaded for it. Checked before: `messageFault` of `shared/message.ts`. */
  send(): void;
  loadOlder(): void;
  reload(): void;
  /** Moves the selected conversation, or gives it to somebody. @returns null, or why it could not be done */
  update(change: ConversationChange): Promise<string | null>;
  wake(): void;
  close(): void;
}

const againMs = 5000;

export function createDesk(deps: DeskDeps): Desk {
  const { api, clock, timers, report } = deps;
  const again: ReadAgain = (error, read) => {
    if (error instanceof DeskError && error.passes)
      timers.after(againMs, () => link.state.peek().kind !== "stopped" && read());
  };
  const list = createConversationList(api, report, again, move);
  const threads = createThreads(api, report, again);
  const typing = createRemoteTyping(timers);
  const link: Link = createLink({ ...deps, onFrame: (frame) => batch(() => take(frame)) });
  const attaching = createAttaching(deps.files);
  const sending = createSending({ transmit: link.send, uuid: deps.uuid, timers });
  const ownTyping = createOwnTyping(clock, (conversationId, on) =>
    link.send({ t: "typing", conversationId, on }),
  );
  const delivered = createDelivered(timers, (conversationId, seq) => {
    if (link.send({ t: "delivered", conversationId, seq }))
      list.change(conversationId, (known) => withReceipt(known, "agent", "delivered", seq));
  });

  const selectedId = signal<string | null>(null);
  const drafts = signal<ReadonlyMap<string, string>>(new Map());
  const arrival = signal<Arrival | null>(null);
  const agents = signal<readonly DeskAgent[]>([]);

  const selected = computed<OpenConversation | null>(() => {
    const id = selectedId.value;
    const conversation = id === null ? undefined : list.known.value.get(id);
    if (!conversation) return null;
    return {
      conversation,
      thread: threads.open.value.get(conversation.id) ?? loadingThread,
      outgoing: outgoingOf(sending.outbox.value, conversation.id),
      typing: typing.conversations.value.has(conversation.id),
    };
  });
  const draft = computed(() => drafts.value.get(selectedId.value ?? "") ?? "");
  const unread = computed(() => list.rows.value.filter((row) => unreadOf(row) > 0).length);

  function take(frame: AgentServerFrame): void {
    switch (frame.t) {
      case "ready":
        resume();
        break;
      case "message":
        receive(frame.conversationId, frame.message);
        break;
      case "receipt":
        list.change(frame.conversationId, (known) => withReceipt(known, frame.by, frame.kind, frame.seq));
        break;
      case "typing":
        if (frame.by === "contact") typing.set(frame.conversationId, frame.on);
        break;
      case "ack":
        sending.acknowledged(frame);
        break;
      case "refused":
        sending.refused(frame);
        break;
      case "presence":
        agents.value = frame.agents;
        break;
      case "changed":
        change(frame);
        break;
      case "moved":
        move(frame.conversationId, frame.to);
        break;
    }
  }

  /** The subscription stands before anything is read: what happens from now on comes live, what happened before is read. */
  function resume(): void {
    void list.refresh();
    for (const id of threads.open.peek().keys()) void threads.load(id);
    sending.resend();
  }

  function receive(id: string, message: Message): void {
    const known = list.change(id, (conversation) => withMessage(conversation, message));
    threads.receive(id, message);
    const fromContact = message.author.kind === "contact";
    if (fromContact) typing.set(id, false);
    const conversation = list.known.peek().get(id);
    if (fromContact && conversation) arrival.value = { conversation, message };
    // A customer's message opens a closed conversation again, a visitor who signs in is somebody else: only the server
    // knows what that changes.
    const changes = message.author.kind === "system" || (fromContact && conversation?.state !== "open");
    if (!known || changes) void list.fetch(id);
  }

  /** Another agent, or this one at another desk, did something with it. */
  function change({ conversationId, state, assignee }: Extract<AgentServerFrame, { t: "changed" }>): void {
    const isKnown = list.change(conversationId, (known) => ({ ...known, state, assignee }));
    if (!isKnown) void list.fetch(conversationId);
  }

  /** A visitor signed in who is known already. What was being written for the one is written for the other. */
  function move(from: string, to: string): void {
    batch(() => {
      typing.set(from, false);
      sending.move(from, to);
      attaching.move(from, to);
      const written = drafts.peek().get(from);
      if (written && !drafts.peek().get(to)) drafts.value = new Map(drafts.peek()).set(to, written);
      list.drop(from);
      if (selectedId.peek() === from) select(to);
      else void list.fetch(to);
    });
  }

  function select(id: string | null): void {
    ownTyping.stopped();
    selectedId.value = id;
    if (id === null) return;
    // A row that is known may be of a conversation that moved while the desk was not connected.
    void list.fetch(id);
    void threads.load(id);
  }

  const stopReceipts = [
    effect(() => {
      if (link.state.value.kind !== "live") return;
      for (const { id, lastSeq: last, agent } of list.known.value.values())
        if (last > agent.delivered) delivered(id, last);
    }),
    effect(() => {
      const open = selected.value;
      if (!open || !deps.visible.value || link.state.value.kind !== "live") return;
      const { id, agent } = open.conversation;
      const seq = lastSeq(open.thread);
      if (seq <= agent.read || !link.send({ t: "read", conversationId: id, seq })) return;
      list.change(id, (known) => withReceipt(known, "agent", "read", seq));
    }),
    effect(() => {
      for (const thread of threads.open.value.values()) sending.arrived(thread.messages);
    }),
  ];

  return {
    link: link.state,
    list,
    sending,
    typing: typing.conversations,
    selectedId,
    selected,
    arrival,
    unread,
    agents,
    draft,
    files: deps.files,
    attaching,
    select,
    setDraft(text) {
      const id = selectedId.peek();
      if (id === null) return;
      drafts.value = new Map(drafts.peek()).set(id, text);
      ownTyping.wrote(id, text.trim() === "");
    },
    send() {
      const id = selectedId.peek();
      const text = draft.peek();
      if (id === null) return;
      ownTyping.stopped();
      drafts.value = new Map(drafts.peek()).set(id, "");
      sending.send(id, text, attaching.take(id));
    },
    loadOlder() {
      const id = selectedId.peek();
      if (id !== null) void threads.loadOlder(id);
    },
    reload() {
      const id = selectedId.peek();
      if (id !== null) void threads.load(id);
    },
    async update(change) {
      const id = selectedId.peek();
      if (id === null) return null;
      try {
        list.put(await api.update(id, change));
        return null;
      } catch (error) {
        return report(error);
      }
    },
    wake: link.wake,
    close() {
      for (const stop of stopReceipts) stop();
      link.stop();
    },
  };
}
