/**
 * The one conversation in memory, and beside it what a visitor wrote who has signed in since and not said yet whether it
 * comes along: out of everybody's sight, and not sent.
 */

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Conversation, Words } from "./conversation.ts";

export interface Present {
  readonly conversation: ReadonlySignal<Conversation>;
  /** Nothing is left of what there was. */
  tearDown(): void;
  /** What was written, here and aside, goes on in the conversation that follows. */
  carryOver(): void;
  /** What was written is kept aside; nothing of it is in the conversation that follows. */
  setAside(): void;
  /** What was set aside goes on in the conversation that there is. */
  takeUp(): void;
  drop(): void;
  /** Something stands, waits or is being written. */
  hasWords(): boolean;
  /** Something waits or is being written: in the conversation where it is a `visitor`'s, or aside. */
  hasUnsent(of: "visitor" | "customer"): boolean;
  /** Whether one of these messages is known to have been written before the last sign-in. */
  knows(messages: readonly { readonly id: string }[]): boolean;
}

/** @param begin a conversation, with these words */
export function createPresent(begin: (words?: Words) => Conversation): Present {
  const conversation = signal(begin());
  let aside: Words | null = null;
  let brought: readonly string[] = [];

  function replace(words?: Words): void {
    conversation.peek().dispose();
    conversation.value = begin(words);
  }

  const isWriting = (): boolean => isUnsent(conversation.peek().words());

  function takeUp(): void {
    if (!aside) return;
    brought = aside.stored;
    conversation.peek().takeUp(aside);
    aside = null;
  }

  return {
    conversation,
    tearDown() {
      aside = null;
      replace();
    },
    carryOver() {
      const words = conversation.peek().words();
      brought = words.stored;
      replace(words);
      takeUp();
    },
    setAside() {
      aside = conversation.peek().words();
      replace();
    },
    takeUp,
    drop() {
      aside = null;
    },
    hasWords: () => isWriting() || conversation.peek().thread.peek().lastSeq > 0,
    hasUnsent: (of) => isUnsent(aside) || (of === "visitor" && isWriting()),
    knows: (messages) => messages.some(({ id }) => brought.includes(id)),
  };
}

const isUnsent = (words: Words | null): boolean => !!words && (words.draft !== "" || words.outbox.length > 0);
