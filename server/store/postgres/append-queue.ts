/**
 * Messages on their way to the database. What comes in one turn of the event loop, or while batches are under way, goes
 * together in the next batch: a transaction costs the same for one message as for a hundred.
 *
 * A conversation is in one batch at a time, so that its messages are numbered and acknowledged in the order of their
 * arrival. One that another node holds is left out of the batch and waits in one of its own: the rest does not wait with it.
 */

import { ProblemError } from "../../../shared/problem-error.ts";
import type { Appended, MessageDraft } from "../store.ts";
import type { BatchAnswer, WhenHeld } from "./append-batch.ts";
import { asProblem, DatabaseFailure } from "./failure.ts";

/** Batches under way at a time. While PostgreSQL syncs the one, the other is prepared; with more, each would be smaller. */
const batchesAtOnce = 2;
/** Conversations waited for at a time, each with a connection. */
const waitsAtOnce = 3;
/** Of one batch: what takes PostgreSQL some milliseconds. */
const most = { messages: 500, ofOneConversation: 100, characters: 512 * 1024 };
/** Of all that wait: more than a node acknowledges in seconds. */
const mostWaiting = { messages: 20_000, characters: 16 * 1024 * 1024 };

interface Waiting {
  readonly draft: MessageDraft;
  readonly resolve: (answer: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** The messages of one conversation; those under way are not among the waiting. `held`: another node was found to have it. */
interface Lane {
  state: "ready" | "held" | "underWay";
  readonly waiting: Waiting[];
}

export interface AppendQueue {
  append(draft: MessageDraft): Promise<Appended>;
  /** Settles once everything is stored or refused; refuses everything afterwards with `unavailable`. */
  close(): Promise<void>;
}

export function createAppendQueue(deps: {
  store(drafts: readonly MessageDraft[], whenHeld: WhenHeld): Promise<readonly BatchAnswer[]>;
  /** Calls its argument at the end of this turn of the event loop: `setImmediate`. */
  atEndOfTurn(flush: () => void): void;
}): AppendQueue {
  const { store, atEndOfTurn } = deps;
  /** By conversation; those with nothing waiting and nothing under way are forgotten. */
  const lanes = new Map<string, Lane>();
  const size = { messages: 0, characters: 0 };
  const underWay = { skip: 0, wait: 0 };
  let isFlushDue = false;
  let whenEmpty: (() => void) | null = null;

  function flushSoon(): void {
    if (isFlushDue) return;
    isFlushDue = true;
    atEndOfTurn(flush);
  }

  function flush(): void {
    isFlushDue = false;
    while (underWay.wait < waitsAtOnce) {
      const batch = take("held", 1);
      if (batch.length === 0) break;
      void send(batch, "wait");
    }
    while (underWay.skip < batchesAtOnce) {
      const batch = take("ready", Number.POSITIVE_INFINITY);
      if (batch.length === 0) break;
      void send(batch, "skip");
    }
  }

  /** Takes from lanes in this state, as much as fits; a lane's messages from the oldest on. */
  function take(state: Lane["state"], mostLanes: number): readonly Waiting[] {
    const batch: Waiting[] = [];
    let characters = 0;
    let taken = 0;
    for (const lane of lanes.values()) {
      if (lane.state !== state || lane.waiting.length === 0) continue;
      if (taken >= mostLanes || batch.length >= most.messages || characters >= most.characters) break;
      const due = lane.waiting.splice(0, Math.min(most.ofOneConversation, most.messages - batch.length));
      lane.state = "underWay";
      taken += 1;
      batch.push(...due);
      for (const { draft } of due) characters += draft.text.length;
    }
    return batch;
  }

  async function send(batch: readonly Waiting[], whenHeld: WhenHeld): Promise<void> {
    underWay[whenHeld] += 1;
    const held = await answer(batch, whenHeld);
    free(batch, held);
    underWay[whenHeld] -= 1;
    if (lanes.size > 0) flush();
    else whenEmpty?.();
  }

  /** @returns those about which nothing was done */
  async function answer(batch: readonly Waiting[], whenHeld: WhenHeld): Promise<readonly Waiting[]> {
    try {
      const answers = await store(
        batch.map(({ draft }) => draft),
        whenHeld,
      );
      return batch.filter((one, index) => !settle(one, answers[index]));
    } catch (error) {
      // One of them can't be stored: the others are not to suffer for it.
      if (batch.length > 1 && error instanceof DatabaseFailure && error.isOfAValue)
        for (const one of batch) await answer([one], "wait");
      else for (const one of batch) refuse(one, error);
      return [];
    }
  }

  function settle(one: Waiting, answer: BatchAnswer | undefined): boolean {
    if (answer === "held" || answer === undefined) return false;
    leave(one);
    one.resolve(answer);
    return true;
  }

  function refuse(one: Waiting, error: unknown): void {
    leave(one);
    one.reject(asProblem(error));
  }

  /** Lets go of the lanes; whoever has more waiting goes behind the others. */
  function free(batch: readonly Waiting[], held: readonly Waiting[]): void {
    for (const conversationId of new Set(batch.map(({ draft }) => draft.conversationId))) {
      const waiting = lanes.get(conversationId)?.waiting ?? [];
      const again = held.filter(({ draft }) => draft.conversationId === conversationId);
      lanes.delete(conversationId);
      if (again.length + waiting.length > 0)
        lanes.set(conversationId, {
          state: again.length > 0 ? "held" : "ready",
          waiting: [...again, ...waiting],
        });
    }
  }

  function leave({ draft }: Waiting): void {
    size.messages -= 1;
    size.characters -= draft.text.length;
  }

  function laneOf({ conversationId }: MessageDraft): Lane {
    const lane = lanes.get(conversationId) ?? { state: "ready", waiting: [] };
    lanes.set(conversationId, lane);
    return lane;
  }

  return {
    append: (draft) =>
      new Promise((resolve, reject) => {
        if (whenEmpty) throw new ProblemError("unavailable", { detail: "The store is closed." });
        if (size.messages >= mostWaiting.messages || size.characters >= mostWaiting.characters)
          throw new ProblemError("unavailable", { detail: "Too many messages wait for the database." });
        size.messages += 1;
        size.characters += draft.text.length;
        laneOf(draft).waiting.push({ draft, resolve, reject });
        flushSoon();
      }),
    close: () =>
      new Promise((resolve) => {
        whenEmpty = resolve;
        if (lanes.size === 0) resolve();
      }),
  };
}
