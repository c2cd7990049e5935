/** Which channels of Redis carry which topics. */

import type { Topics } from "./bus.ts";

type Topic = keyof Topics;

/**
 * What happens in all conversations goes through so many channels, so that no single server of a cluster carries it
 * all. A conversation stays in its own, and so in order.
 */
const partsOfConversations = 16;

export interface Channels {
  /** All that somebody who listens to the topic subscribes to. */
  of(topic: Topic): readonly string[];
  /** The one that carries this event. */
  for<T extends Topic>(topic: T, event: Topics[T]): string;
  /** Channels of our own that are no topic. */
  named(name: string): string;
}

/** @param prefix keeps installations apart that share a Redis */
export function createChannels(prefix: string): Channels {
  // In braces: what a cluster finds the server by.
  const named = (name: string) => `${prefix}{${name}}`;
  const parts = Array.from({ length: partsOfConversations }, (_, part) => named(`conversations:${part}`));

  return {
    named,
    of: (topic) => (topic === "conversations" ? parts : [named(topic)]),
    for: (topic, event) =>
      topic === "conversations" && "conversationId" in event
        ? (parts[partOf(event.conversationId)] ?? named(topic))
        : named(topic),
  };
}

/** The same on every node. */
function partOf(id: string): number {
  let hash = 0;
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) >>> 0;
  return hash % partsOfConversations;
}
