/**
 * One outbox for all tabs of one customer: what waits here is kept where the others find it, what waits there is shown here,
 * and one of them sends. Where nothing can be kept, memory serves, and this tab sends its own.
 */

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import type { After } from "../surroundings.ts";
import type { Turns } from "../tabs/turns.ts";
import { answerMs, type Courier, isWaiting, type OutboxItem } from "./courier.ts";
import { byId, type Changes, changesSince, type Known, merged, withChanges } from "./merge.ts";
import type { WordStore } from "./words.ts";

/** A transaction takes milliseconds; some browsers now and then never end one. */
const storeMs = 5000;
/** How long after storage was full, or failed. */
const retryMs = 30_000;
/** A tab that has the turn may hang: nobody waits longer. Sending twice does no harm, as the server knows the id. */
const patienceMs = 15_000;

export interface SharedOutboxParts {
  readonly after: After;
  readonly store: WordStore;
  readonly turns: Turns;
  readonly courier: Pick<Courier, "outbox" | "turn" | "shown">;
  /** Whether there is a connection to send by: who has none lets others. */
  readonly isLive: ReadonlySignal<boolean>;
  /** Whether a message stands in the conversation. */
  readonly isShown: (id: string) => boolean;
  /** Other tabs should look. */
  readonly changed: () => void;
}

export interface SharedOutbox {
  /**
   * Another tab has changed something. Settles once what is kept now is shown here; never rejects.
   * @returns whether all that waits here is kept
   */
  look(): Promise<boolean>;
  /** The page is about to be frozen: others send. `thaw`: it is back. */
  freeze(): void;
  thaw(): void;
  /** What is kept stays. */
  leave(): void;
}

export function shareOutbox(parts: SharedOutboxParts): SharedOutbox {
  const { after, store, turns, courier, isLive, isShown, changed } = parts;
  const { outbox } = courier;
  let known: Known = new Map();
  let isOver = false;
  /** A transaction has not ended in time, and not since: storage is not asked again before it does. */
  let isStuck = false;
  let cancelRetry = () => {};
  let isDue = false;
  let looking: Promise<boolean> | null = null;
  const isFrozen = signal(false);

  /** One transaction at a time; what happens meanwhile is in the next. */
  function look(): Promise<boolean> {
    isDue = true;
    looking ??= lookOn();
    return looking;
  }

  async function lookOn(): Promise<boolean> {
    let isKept = false;
    while (isDue && !isOver) {
      isDue = false;
      isKept = await lookOnce();
    }
    // Here and not once the promise has settled: whoever asks in between would be told of a look that is over.
    looking = null;
    return isKept;
  }

  async function lookOnce(): Promise<boolean> {
    if (isStuck) return false;
    const before = outbox.peek();
    let changes: Changes | null = null;
    let kept: readonly OutboxItem[];
    try {
      kept = await inTime(
        store.change((list, isNew) => {
          // Cleared under this tab: what it knew to be kept was settled by nobody.
          changes = changesSince(isNew ? new Map() : known, before);
          return changes ? withChanges(list, changes) : list;
        }),
      );
    } catch {
      // In memory, until there is room again: each later change tries to keep all that is not kept yet.
      cancelRetry();
      if (!store.isWiped()) cancelRetry = after(retryMs, () => void look());
      return false;
    }
    if (isOver) return false;
    known = byId(kept);
    const here = outbox.peek();
    const next = merged(here, before, kept, isShown);
    outbox.value = next;
    const settled = next.filter((item) => item.isStored && !here.includes(item));
    // Sent by another tab, so it is about to come; or given up there, before it was heard here that it had failed.
    for (const { id } of settled) after(answerMs, () => courier.shown(id));
    if (changes) changed();
    if (hasTurn.peek()) courier.turn("here");
    return true;
  }

  function inTime<T>(transaction: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = after(storeMs, () => {
        isStuck = true;
        reject(new Error("The transaction does not end."));
      });
      const end = (): void => {
        isStuck = false;
        cancel();
      };
      transaction.finally(end).then(resolve, reject);
    });
  }

  const isWanted = computed(() => isLive.value && !isFrozen.value);
  const hasTurn = signal(false);
  const isOverdue = computed(() => (hasTurn.value ? undefined : outbox.value.find(isWaiting)?.id));

  /** @returns gives the turn back, or up. Whoever has it keeps it, and sends what the others write as well */
  function ask(): () => void {
    let isMine = true;
    const take = async (): Promise<void> => {
      // Whoever had the turn before has sent some of it.
      await look();
      if (!isMine) return;
      hasTurn.value = true;
      courier.turn("here");
    };
    const giveBack = turns(() => void take());
    let cancelPatience = () => {};
    const stopWaiting = effect(() => {
      cancelPatience();
      cancelPatience = isOverdue.value === undefined ? () => {} : after(patienceMs, () => void take());
    });
    return () => {
      isMine = false;
      stopWaiting();
      cancelPatience();
      giveBack();
      hasTurn.value = false;
      courier.turn("elsewhere");
    };
  }

  courier.turn("elsewhere");
  const stops = [
    effect(() => {
      if (changesSince(known, outbox.value)) void look();
    }),
    effect(() => (isWanted.value ? untracked(ask) : undefined)),
  ];
  void look();

  return {
    look,
    freeze() {
      isFrozen.value = true;
    },
    thaw() {
      isFrozen.value = false;
      void look();
    },
    leave() {
      isOver = true;
      for (const stop of stops) stop();
      store.close();
    },
  };
}
