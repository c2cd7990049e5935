import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../../shared/clock.ts";
import type { Timers } from "../transport/timers.ts";

/** A customer whose “stopped writing” got lost is believed for this long. */
const believedMs = 6000;
/** Well below what the other side believes, so that the indicator does not flicker. */
const repeatedMs = 3000;

export interface RemoteTyping {
  /** Conversations whose customer is writing now. */
  readonly conversations: ReadonlySignal<ReadonlySet<string>>;
  set(conversationId: string, on: boolean): void;
}

export function createRemoteTyping(timers: Timers): RemoteTyping {
  const conversations = signal<ReadonlySet<string>>(new Set());
  const cancels = new Map<string, () => void>();

  function set(conversationId: string, on: boolean): void {
    cancels.get(conversationId)?.();
    cancels.delete(conversationId);
    if (on)
      cancels.set(
        conversationId,
        timers.after(believedMs, () => set(conversationId, false)),
      );
    if (conversations.peek().has(conversationId) === on) return;
    const next = new Set(conversations.peek());
    if (on) next.add(conversationId);
    else next.delete(conversationId);
    conversations.value = next;
  }

  return { conversations, set };
}

export interface OwnTyping {
  /** The draft of a conversation changed. */
  wrote(conversationId: string, blank: boolean): void;
  /** Sent, or turned to something else. */
  stopped(): void;
}

export function createOwnTyping(
  clock: Clock,
  announce: (conversationId: string, on: boolean) => void,
): OwnTyping {
  let announced: { readonly conversationId: string; readonly at: number } | null = null;

  function stopped(): void {
    if (announced) announce(announced.conversationId, false);
    announced = null;
  }

  return {
    stopped,
    wrote(conversationId, blank) {
      if (blank || announced?.conversationId !== conversationId) stopped();
      if (blank || (announced && clock.now() - announced.at < repeatedMs)) return;
      announced = { conversationId, at: clock.now() };
      announce(conversationId, true);
    },
  };
}
