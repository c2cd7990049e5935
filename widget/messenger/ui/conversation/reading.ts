import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MessengerModel, Thread } from "../../model/messenger-model.ts";
import { isNewSince } from "./rows.ts";

/** Whether the customer has the newest message before their eyes, and what follows from it. */
export interface Reading {
  /** Set by the log of an open panel: it shows at least one message, and its end is in view. */
  readonly atNewest: Signal<boolean>;
  /** The `seq` after which the “New” line stands, or null. */
  readonly divider: ReadonlySignal<number | null>;
  /** The customer wrote: what was new has been seen. */
  replied(): void;
  dispose(): void;
}

/** @param visible whether the document is on the screen */
export function createReading(model: MessengerModel, visible: ReadonlySignal<boolean>): Reading {
  const atNewest = signal(false);
  const divider = signal<number | null>(null);
  const attending = computed(() => model.panelOpen.value && visible.value && atNewest.value);

  const dispose = effect(() => {
    const thread = model.thread.value;
    const isOpen = model.panelOpen.value;
    const looking = attending.value;
    const canMark = model.session.value.kind === "open";
    batch(() => {
      if (!isOpen) atNewest.value = false;
      divider.value = nextDivider(isOpen ? divider.peek() : null, thread, looking);
      const newest = newestSeq(thread);
      if (looking && canMark && newest > thread.readSeq) model.markRead(newest);
    });
  });

  return {
    atNewest,
    divider,
    replied: () => {
      divider.value = null;
    },
    dispose,
  };
}

/**
 * The line is drawn while nobody looks, and then stays where it is: drawn while the customer watches the end, it would
 * flash above every message that comes in.
 */
export function nextDivider(
  previous: number | null,
  { entries, readSeq }: Pick<Thread, "entries" | "readSeq">,
  attending: boolean,
): number | null {
  if (attending || !entries.some((entry) => isNewSince(entry, readSeq))) return previous;
  return previous !== null && previous >= readSeq ? previous : readSeq;
}

function newestSeq({ entries }: Thread): number {
  const newest = entries.findLast((entry) => entry.kind === "message");
  return newest?.kind === "message" ? newest.message.seq : 0;
}
