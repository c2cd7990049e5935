/**
 * Carries hints between the sockets of all nodes: “something happened here, look”. It may drop; nothing is correct only
 * because an event arrived. Readers find what they missed by `seq` in the store (invariant 4).
 */

import type { ConversationStatus, DeskAgent, Message, ReceiptKind } from "../../shared/protocol.ts";

export type ConversationEvent =
  | { readonly kind: "message"; readonly conversationId: string; readonly message: Message }
  | {
      readonly kind: "receipt";
      readonly conversationId: string;
      readonly by: "agent" | "contact";
      readonly receipt: ReceiptKind;
      readonly seq: number;
    }
  | {
      readonly kind: "typing";
      readonly conversationId: string;
      readonly by: "agent" | "contact";
      readonly name: string | null;
      readonly on: boolean;
    }
  /** An agent moved it into another state, or gave it to somebody. */
  | {
      readonly kind: "changed";
      readonly conversationId: string;
      readonly state: ConversationStatus;
      readonly assignee: string | null;
    }
  /** Found in the store, for readers who know how far they are: there are messages up to this one. Never leaves the node. */
  | { readonly kind: "reached"; readonly conversationId: string; readonly seq: number }
  /** For agents: the visitor of this conversation signed in, and what was said stands in the conversation `to` now. */
  | { readonly kind: "moved"; readonly conversationId: string; readonly to: string };

export interface SessionEvent {
  readonly kind: "ended";
  readonly sessionId: string;
}

/** Who is at the desks that one node serves: said when it changes and again and again, for a node may die without a word. */
export interface PresenceEvent {
  readonly kind: "presence";
  /** Made by the node at its start. */
  readonly nodeId: string;
  readonly agents: readonly DeskAgent[];
  /** The node has just started, and asks the others to say who is at theirs. */
  readonly asks: boolean;
}

/** An administrator changed the configuration. */
export interface ConfigurationEvent {
  readonly kind: "changed";
  readonly revision: number;
}

/** Topics a socket listens to: its own conversation, its own session, or (agents) every conversation; and what nodes tell each other. */
export interface Topics {
  readonly [conversation: `conversation:${string}`]: ConversationEvent;
  readonly [session: `session:${string}`]: SessionEvent;
  readonly conversations: ConversationEvent;
  readonly presence: PresenceEvent;
  readonly configuration: ConfigurationEvent;
}

/**
 * How far hints can be relied on.
 *
 * - `certain`: one process, nothing gets lost
 * - `whole`: all nodes are heard, as far as is known
 * - `partial`: a node fell silent; what happens there is found in the store alone
 * - `cut`: nothing is heard of any other node, nor by any
 */
export const busHealths = ["certain", "whole", "partial", "cut"] as const;
export type BusHealth = (typeof busHealths)[number];

/** As with DOM events: a function, or an object, which spares each of many sockets a function of its own. */
export type BusListener<Event> = ((event: Event) => void) | { handleEvent(event: Event): void };

export interface Subscription {
  /** Ending it again does nothing. */
  end(): void;
}

export interface Bus {
  publish<Topic extends keyof Topics>(topic: Topic, event: Topics[Topic]): void;
  /** One function may be subscribed twice; each subscription is its own. */
  subscribe<Topic extends keyof Topics>(topic: Topic, listener: BusListener<Topics[Topic]>): Subscription;
  /** Tells the listeners of this node, and no other: what was found in the store. */
  deliver<Topic extends keyof Topics>(topic: Topic, event: Topics[Topic]): void;
  /** What somebody on this node listens to. */
  topics(): readonly (keyof Topics)[];
  /**
   * Resolves once every subscription made before is in force: what the store is asked for afterwards, and the events,
   * leave no gap between them. Where hints are cut it resolves at once.
   */
  settled(): Promise<void>;
  readonly health: BusHealth;
  /**
   * Calls the listener whenever events may have been lost up to now: whoever relied on them looks at the store.
   *
   * @returns a function that ends this
   */
  onDoubt(listener: () => void): () => void;
  close(): Promise<void>;
}
