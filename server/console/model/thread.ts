/** The messages of one conversation as far as the desk has them: a run of `seq`s without a gap. Pure. */

import type { Message } from "../../../shared/protocol.ts";

export interface Thread {
  /** In ascending `seq`, each exactly one more than the one before. */
  readonly messages: readonly Message[];
  readonly phase: ThreadPhase;
}

export type ThreadPhase =
  | { readonly kind: "loading"; readonly part: "newest" | "older" }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string };

export const loadingThread: Thread = { messages: [], phase: { kind: "loading", part: "newest" } };

export const firstSeq = (thread: Thread): number => thread.messages[0]?.seq ?? 0;
export const lastSeq = (thread: Thread): number => thread.messages.at(-1)?.seq ?? 0;
export const hasOlder = (thread: Thread): boolean => firstSeq(thread) > 1;

/**
 * Takes in whatever continues the run, at either end; what is there already is left alone, and what would leave a gap is
 * left out, for the store has it (invariant 4): the caller reads it from there.
 */
export function merged(thread: Thread, arrivals: readonly Message[]): Thread {
  const sorted = arrivals.toSorted((a, b) => a.seq - b.seq);
  const messages = [...thread.messages];
  for (const message of sorted) {
    const last = messages.at(-1)?.seq;
    if (last === undefined || message.seq === last + 1) messages.push(message);
  }
  for (const message of sorted.toReversed()) {
    const first = messages[0]?.seq;
    if (first !== undefined && message.seq === first - 1) messages.unshift(message);
  }
  return messages.length === thread.messages.length ? thread : { ...thread, messages };
}
