/**
 * What is written into conversations all the time, on its way to the database: messages and positions. What comes in one turn
 * of the event loop, or while batches are under way, goes together in the next batch: a transaction costs the same for one
 * message as for a hundred.
 *
 * A conversation is in one batch at a time, so that its messages are numbered and acknowledged in the order of their
 * arrival. One that another node holds is left out of the batch and waits in one of its own: the rest does not wait with it.
 */

import { ProblemError } from "../../../shared/problem-error.ts";
import { asProblem, DatabaseFailure } from "./failure.ts";

/** What to do about conversations that somebody else holds. */
export type WhenHeld = "skip" | "wait";

/** Batches under way at a time. While PostgreSQL syncs the one, the other is prepared; with more, each would be smaller. */
const batchesAtOnce = 2;
/** Conversations waited for at a time, each with a connection. */
const waitsAtOnce = 3;
/** Of one batch: what takes PostgreSQL some milliseconds. */
const most = { items: 500, ofOneConversation: 100, characters: 512 * 1024 };
/** Of all that wait: more than a node acknowledges in seconds. */
const mostWaiting = { items: 20_000, characters: 16 * 1024 * 1024 };

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** What waits of one conversation, what is under way apart. `held`: another node was found to have it. */
interface Lane<Item, Answer> {
  state: "ready" | "held" | "underWay";
  readonly waiting: Waiting<Item, Answer>[];
}

export interface ConversationQueue<Item, Answer> {
  /** Throws `unavailable`, and whatever storing it throws. */
  add(item: Item): Promise<Answer>;
  /** Settles once everything is stored or refused; refuses everything afterwards with `unavailable`. */
  close(): Promise<void>;
}

export function createConversationQueue<Item extends { readonly conversationId: string }, Answer>(deps: {
  /** Answers in the order of the items. `held`: nothing was done about this one. */
  store(items: readonly Item[], whenHeld: WhenHeld): Promise<readonly (Answer | "held")[]>;
  charactersOf(item: Item): number;
  /** Calls its argument at the end of this turn of the event loop: `setImmediate`. */
  atEndOfTurn(flush: () => void): void;
}): ConversationQueue<Item, Answer> {
  type Waits = Waiting<Item, Answer>;
  const { store, charactersOf, atEndOfTurn } = deps;
  /** By conversation; those with nothing waiting and nothing under way are forgotten. */
  const lanes = new Map<string, Lane<Item, Answer>>();
  const size = { items: 0, characters: 0 };
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
  function take(state: "ready" | "held", mostLanes: number): readonly Waits[] {
    const batch: Waits[] = [];
    let characters = 0;
    let taken = 0;
    for (const lane of lanes.values()) {
      if (lane.state !== state || lane.waiting.length === 0) continue;
      if (taken >= mostLanes || batch.length >= most.items || characters >= most.characters) break;
      const due = lane.waiting.splice(0, Math.min(most.ofOneConversation, most.items - batch.length));
      lane.state = "underWay";
      taken += 1;
      batch.push(...due);
      for (const { item } of due) characters += charactersOf(item);
    }
    return batch;
  }

  async function send(batch: readonly Waits[], whenHeld: WhenHeld): Promise<void> {
    underWay[whenHeld] += 1;
    const held = await answer(batch, whenHeld);
    free(batch, held);
    underWay[whenHeld] -= 1;
    if (lanes.size > 0) flush();
    else whenEmpty?.();
  }

  /** @returns those about which nothing was done */
  async function answer(batch: readonly Waits[], whenHeld: WhenHeld): Promise<readonly Waits[]> {
    try {
      const answers = await store(
        batch.map(({ item }) => item),
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

  function settle(one: Waits, answer: Answer | "held" | undefined): boolean {
    if (answer === "held" || answer === undefined) return false;
    leave(one);
    one.resolve(answer);
    return true;
  }

  function refuse(one: Waits, error: unknown): void {
    leave(one);
    one.reject(asProblem(error));
  }

  /** Lets go of the lanes; whoever has more waiting goes behind the others. */
  function free(batch: readonly Waits[], held: readonly Waits[]): void {
    for (const conversationId of new Set(batch.map(({ item }) => item.conversationId))) {
      const waiting = lanes.get(conversationId)?.waiting ?? [];
      const again = held.filter(({ item }) => item.conversationId === conversationId);
      lanes.delete(conversationId);
      if (again.length + waiting.length > 0)
        lanes.set(conversationId, {
          state: again.length > 0 ? "held" : "ready",
          waiting: [...again, ...waiting],
        });
    }
  }

  function leave({ item }: Waits): void {
    size.items -= 1;
    size.characters -= charactersOf(item);
  }

  function laneOf({ conversationId }: Item): Lane<Item, Answer> {
    const lane: Lane<Item, Answer> = lanes.get(conversationId) ?? { state: "ready", waiting: [] };
    lanes.set(conversationId, lane);
    return lane;
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        if (whenEmpty) throw new ProblemError("unavailable", { detail: "The store is closed." });
        if (size.items >= mostWaiting.items || size.characters >= mostWaiting.characters)
          throw new ProblemError("unavailable", { detail: "Too much waits for the database." });
        size.items += 1;
        size.characters += charactersOf(item);
        laneOf(item).waiting.push({ item, resolve, reject });
        flushSoon();
      }),
    close: () =>
      new Promise((resolve) => {
        whenEmpty = resolve;
        if (lanes.size === 0) resolve();
      }),
  };
}
