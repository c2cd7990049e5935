/** Reads from the store what live delivery does not bring: older pages, and the messages missing in a gap. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Message, MessagePage } from "../../../shared/protocol.ts";
import type { Surroundings } from "../surroundings.ts";
import type { PageRequest } from "../transport/api.ts";
import { backoffMs } from "../transport/backoff.ts";
import { hasGap, type MessageWindow, withMessage, withNewerPage, withOlderPage } from "./message-window.ts";

const olderLimit = 50;
const newerLimit = 100;
/** An acknowledgement often overtakes other people's messages by a moment; only a gap that stays is read. */
const settleMs = 300;

export interface History {
  readonly loading: ReadonlySignal<boolean>;
  /** Reads the page before the oldest. Does nothing at the beginning, or while one is on its way. Never rejects. */
  older(): Promise<void>;
  arrived(message: Message): void;
  dispose(): void;
}

export interface HistoryParts {
  readonly window: Signal<MessageWindow>;
  /** null where the page could not be read; whoever reads has dealt with the cause. */
  readonly read: (page: PageRequest) => Promise<MessagePage | null>;
  /** Messages that came into the window, in order: after the newest known before, or before the oldest. */
  readonly added: (messages: readonly Message[], where: "newer" | "older") => void;
}

export function createHistory(
  { after, random }: Pick<Surroundings, "after" | "random">,
  { window, read, added }: HistoryParts,
): History {
  const loading = signal(false);
  // The conversation may be gone by the time a page arrives; then the page is nobody's.
  const gone = new AbortController();
  let cancelRepair: (() => void) | null = null;

  function update(next: MessageWindow): void {
    const { floor, last } = window.peek();
    window.value = next;
    if (next.last > last)
      added(
        next.messages.filter(({ seq }) => seq > last),
        "newer",
      );
    if (next.floor < floor)
      added(
        next.messages.filter(({ seq }) => seq <= floor),
        "older",
      );
  }

  function watchGap(attempt: number): void {
    if (!hasGap(window.peek()) || cancelRepair || gone.signal.aborted) return;
    cancelRepair = after(settleMs + (attempt && backoffMs(attempt, random())), () => void repair(attempt));
  }

  async function repair(attempt: number): Promise<void> {
    if (hasGap(window.peek())) {
      const page = await read({ side: "after", seq: window.peek().last, limit: newerLimit });
      if (gone.signal.aborted) return;
      if (page) update(withNewerPage(window.peek(), page));
    }
    cancelRepair = null;
    watchGap(attempt + 1);
  }

  return {
    loading,
    async older() {
      const { floor } = window.peek();
      if (floor === 0 || loading.peek()) return;
      loading.value = true;
      const page = await read({ side: "before", seq: floor + 1, limit: olderLimit });
      if (gone.signal.aborted) return;
      loading.value = false;
      if (page) update(withOlderPage(window.peek(), { limit: olderLimit }, page));
    },
    arrived(message) {
      update(withMessage(window.peek(), message));
      watchGap(0);
    },
    dispose() {
      gone.abort();
      cancelRepair?.();
    },
  };
}
