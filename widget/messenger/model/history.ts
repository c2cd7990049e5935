/** The messages of a conversation: live ones as they come, older pages and what live delivery lost from the store. */

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Message, MessagePage } from "../../../shared/protocol.ts";
import type { Surroundings } from "../surroundings.ts";
import type { PageRequest } from "../transport/api.ts";
import { backoffMs } from "../transport/backoff.ts";
import { type MessageWindow, openWindow, withMessages } from "./message-window.ts";

const olderLimit = 50;
/** Also of the newest page: a badge says “99+” at most, so that all that it counts is there. */
const newerLimit = 100;
/** An acknowledgement often overtakes messages by a moment; only a gap that stays is read. */
const settleMs = 300;
/** Who has missed more goes to the newest page, and reads what is older on demand. */
export const missedAtMost = 200;

export interface History {
  readonly window: ReadonlySignal<MessageWindow>;
  readonly loading: ReadonlySignal<boolean>;
  /** Begins at the end of the conversation; what was known before is let go. */
  open(lastSeq: number): void;
  /** Reads the page before the oldest. Does nothing at the beginning, or while one is on its way. Never rejects. */
  older(): Promise<void>;
  arrived(message: Message): void;
  /** There is a message of this number, whether or not it arrives by itself. */
  exists(seq: number): void;
}

export interface HistoryParts {
  /** null where the page could not be read; whoever reads has dealt with the cause. */
  readonly read: (page: PageRequest) => Promise<MessagePage | null>;
  /** A message came into the window: behind the newest known before, or in front of the oldest. */
  readonly added: (message: Message, where: "newer" | "older") => void;
}

export function createHistory(
  { after, random }: Pick<Surroundings, "after" | "random">,
  { read, added }: HistoryParts,
): History {
  const window = signal(openWindow(0));
  const loading = signal(false);
  /** The greatest number heard of. */
  let end = 0;
  let isMending = false;

  function merge(page: readonly Message[]): void {
    const { floor, last } = window.peek();
    window.value = withMessages(window.peek(), page);
    for (const message of page) {
      if (message.seq > last) added(message, "newer");
      if (message.seq <= floor) added(message, "older");
    }
  }

  function mend(attempt: number): void {
    if (isMending || end <= window.peek().last) return;
    isMending = true;
    after(settleMs + (attempt && backoffMs(attempt, random())), () => void repair(attempt));
  }

  async function repair(attempt: number): Promise<void> {
    const { last } = window.peek();
    const page = end > last ? await read({ side: "after", seq: last, limit: newerLimit }) : null;
    isMending = false;
    // It does not reach a window that was opened anew meanwhile.
    if (page && window.peek().floor <= last) merge(page.messages);
    mend(attempt + 1);
  }

  function exists(seq: number): void {
    end = Math.max(end, seq);
    mend(0);
  }

  return {
    window,
    loading,
    open(lastSeq) {
      window.value = openWindow(lastSeq);
      loading.value = false;
    },
    async older() {
      const { floor, messages } = window.peek();
      if (floor === 0 || loading.peek()) return;
      loading.value = true;
      const page = await read({
        side: "before",
        seq: floor + 1,
        limit: messages[0] ? olderLimit : newerLimit,
      });
      // Opened anew meanwhile: whoever reads now says when it is done.
      if (window.peek().floor !== floor) return;
      loading.value = false;
      if (page?.messages.length) merge(page.messages);
      // What was there has been removed for its age.
      else if (page) window.value = { ...window.peek(), floor: 0 };
    },
    arrived(message) {
      if (message.seq === window.peek().last + 1) merge([message]);
      else exists(message.seq);
    },
    exists,
  };
}
