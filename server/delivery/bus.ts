/**
 * Carries hints between the sockets of all nodes: “something happened here, look”. It may drop; nothing is correct only
 * because an event arrived. Readers find what they missed by `seq` in the store (invariant 4).
 */

import type { Message, ReceiptKind } from "../../shared/protocol.ts";

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
  /** For agents: the visitor of this conversation signed in, and what was said stands in the conversation `to` now. */
  | { readonly kind: "moved"; readonly conversationId: string; readonly to: string };

export interface SessionEvent {
  readonly kind: "ended";
  readonly sessionId: string;
}

/** Topics a socket listens to: its own conversation, its own session, or (agents) every conversation. */
export interface Topics {
  readonly [conversation: `conversation:${string}`]: ConversationEvent;
  readonly [session: `session:${string}`]: SessionEvent;
  readonly conversations: ConversationEvent;
}

export interface Bus {
  publish<Topic extends keyof Topics>(topic: Topic, event: Topics[Topic]): void;
  /** @returns a function that ends the subscription; calling it again does nothing */
  subscribe<Topic extends keyof Topics>(topic: Topic, listener: (event: Topics[Topic]) => void): () => void;
  close(): Promise<void>;
}
