/** What happens in conversations: said, received, read, typed. Everything durable first, then told to whoever listens. */

import type { Clock } from "../../shared/clock.ts";
import { timestamp } from "../../shared/clock.ts";
import type { Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type {
  AgentConversation,
  AgentConversationPage,
  Attachment,
  AuthorKind,
  ConversationStatus,
  Message,
  MessagePage,
  ReceiptKind,
} from "../../shared/protocol.ts";
import type { Attachments } from "../attachment/attachments.ts";
import type { Bus, ConversationEvent } from "../delivery/bus.ts";
import type { ConversationDetails, ConversationQuery, ConversationStore, PageQuery } from "../store/store.ts";
import { createClaims } from "./claims.ts";
import { checkMessage } from "./message-check.ts";

export interface OutgoingMessage {
  readonly conversationId: string;
  readonly author: { readonly kind: AuthorKind; readonly name: string | null };
  /** Whether the author's identity is vouched for. */
  readonly verified: boolean;
  /** The customer's session, which must not have ended when the message is stored; null for agents. */
  readonly sessionId: string | null;
  /** UUID made by the author. */
  readonly id: string;
  readonly text: string;
  readonly attachments?: readonly string[];
}

/** For so long a repetition is published as well: the attempt before it may have ended between store and bus. */
const recentMs = 60_000;

export interface Conversations {
  /**
   * Stores the message, then publishes it, unless it was stored a minute ago or earlier (`repeated`).
   * Throws `request_invalid`, `message_empty`, `message_too_long`, `attachment_refused`, `message_conflict`,
   * `session_revoked`, `not_found`.
   */
  send(outgoing: OutgoingMessage): Promise<{ readonly message: Message; readonly repeated: boolean }>;
  /** A page of an unknown conversation is empty. */
  messages(conversationId: string, query: PageQuery): Promise<MessagePage>;
  /** Publishes a receipt where the position moved; a `seq` beyond the last message counts as the last. Throws `not_found`. */
  mark(conversationId: string, by: "contact" | "agent", kind: ReceiptKind, seq: number): Promise<void>;
  typing(conversationId: string, by: "contact" | "agent", name: string | null, on: boolean): void;
  /** Throws `not_found`. */
  get(conversationId: string): Promise<AgentConversation>;
  /** Throws `request_invalid` on a cursor of another list. */
  list(query: ConversationQuery): Promise<AgentConversationPage>;
  /** Publishes what became of it. Throws `not_found`. */
  update(
    conversationId: string,
    change: { readonly state?: ConversationStatus; readonly assignee?: string | null },
  ): Promise<AgentConversation>;
}

export function createConversations(deps: {
  store: ConversationStore;
  bus: Bus;
  clock: Clock;
  limits: Limits;
  attachments: Pick<Attachments, "claim">;
}): Conversations {
  const { store, bus, clock, limits } = deps;
  const claims = createClaims(deps.attachments);

  function publish(event: ConversationEvent): void {
    bus.publish(`conversation:${event.conversationId}`, event);
    bus.publish("conversations", event);
  }

  /** Stored by an attempt whose answer was lost, perhaps before it was published: readers know it already, or not yet. */
  const isRecent = ({ at }: Message): boolean => clock.now() - Date.parse(at) < recentMs;

  return {
    async send(outgoing) {
      checkMessage(outgoing, limits);
      const { conversationId, id, author, verified, text, sessionId } = outgoing;
      const claimed = claims.before(outgoing);
      const attachments = claimed ? await claimed : none;
      const at = clock.now();
      const draft = { conversationId, id, author, verified, text, attachments, sessionId, at };
      // The store settles the promises of a conversation in the order of `seq`, so that this publishes in that order too.
      const appended = await store.append(draft);
      if (!appended.ok) throw new ProblemError(appended.code);
      const { message, repeated } = appended;
      if (!repeated || isRecent(message)) publish({ kind: "message", conversationId, message });
      return { message, repeated };
    },

    messages: (conversationId, query) => store.messages(conversationId, query),

    async mark(conversationId, by, kind, seq) {
      const moved = await store.markReceipts(conversationId, by, { [kind]: seq });
      if (!moved) throw unknownConversation();
      const position = moved.after[kind];
      if (position > moved.before[kind])
        publish({ kind: "receipt", conversationId, by, receipt: kind, seq: position });
    },

    typing: (conversationId, by, name, on) => publish({ kind: "typing", conversationId, by, name, on }),

    async get(conversationId) {
      return toAgentConversation((await store.conversation(conversationId)) ?? fail(unknownConversation()));
    },

    async list(query) {
      const { items, cursor } = await store.conversations(query);
      return { conversations: items.map(toAgentConversation), cursor };
    },

    async update(conversationId, change) {
      const changed = await store.updateConversation(conversationId, change, clock.now());
      if (!changed) throw unknownConversation();
      const conversation = toAgentConversation(changed);
      // By its own id: the one that was asked for may have moved.
      const { id, state, assignee } = conversation;
      if (changed.notice) publish({ kind: "message", conversationId: id, message: changed.notice });
      publish({ kind: "changed", conversationId: id, state, assignee });
      return conversation;
    },
  };
}

const none: readonly Attachment[] = [];

const unknownConversation = () => new ProblemError("not_found", { detail: "There is no such conversation." });

function fail(error: Error): never {
  throw error;
}

function toAgentConversation({ conversation, contact, lastMessage }: ConversationDetails): AgentConversation {
  const { id, state, assignee, preview, communityId, deploymentId, lastSeq, agent, customer } = conversation;
  return {
    id,
    state,
    assignee,
    preview,
    communityId,
    deploymentId,
    contact,
    lastSeq,
    lastMessage,
    agent,
    customer,
    createdAt: timestamp(conversation.createdAt),
    updatedAt: timestamp(conversation.updatedAt),
  };
}
