import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import type { Entry } from "../../model/messenger-model.ts";
import type { View } from "../view.ts";

/** `start`: nothing has been seen since the panel opened; then either the newest message is in view, or it is not. */
export type Place = "start" | "newest" | "above";

/**
 * Looks after the log for its reader: where it stands, what counts as read, where the new part begins, when older messages
 * are wanted.
 */
export interface LogAttendant {
  readonly place: ReadonlySignal<Place>;
  /** The `seq` after which messages are new to the reader; infinite where none are. */
  readonly newAfter: ReadonlySignal<number>;
  /** The log's element, once it is there. @returns lets go of it */
  readonly attach: (log: HTMLElement | null) => () => void;
  /** Rows were drawn, or a size changed: puts the log where its reader wants it. */
  readonly settle: () => void;
  readonly scrolled: () => void;
  readonly toNewest: () => void;
  readonly dispose: () => void;
}

/** How near to the end still counts as its being in view, in CSS pixels. */
const slack = 48;
/** How far below the upper edge the “New” line is placed, in CSS pixels. */
const lineMargin = 16;
const nothingNew = Number.POSITIVE_INFINITY;

export function createAttendant({ model, visible }: Pick<View, "model" | "visible">): LogAttendant {
  const place = signal<Place>("start");
  const newAfter = signal(nothingNew);
  let log: HTMLElement | null = null;
  /** From the top edge of what is visible to the end of all there is. It survives changes above. */
  let fromEnd = 0;
  let oldest: string | undefined;
  let newest: string | undefined;

  function look(box: HTMLElement): void {
    fromEnd = box.scrollHeight - box.scrollTop;
    place.value = fromEnd - box.clientHeight < slack ? "newest" : "above";
  }

  /** Within a screenful of the oldest message. */
  function wantOlder(): void {
    if (!log || log.scrollTop >= log.clientHeight || model.link.peek().kind !== "live") return;
    if (model.thread.peek().hasOlder) void model.loadOlder();
  }

  /**
   * A reader begins at the newest message, or at the first new one where they don't all fit. They stay at the newest while
   * they are there or write, and unmoved otherwise, also when older messages are put in above. (Not every browser anchors
   * scrolling by itself; the style sheet switches it off in the others.)
   */
  function settle(): void {
    const { entries } = model.thread.peek();
    const last = entries.at(-1);
    // A hidden log has no height, and says nothing about where its reader is.
    if (!log?.clientHeight || !last || !model.panelOpen.peek()) return;
    const before = place.peek();
    const wrote = last.kind === "pending" && newest !== idOf(last);
    const extended = oldest !== idOf(entries[0]);
    if (before !== "above" || wrote) log.scrollTop = log.scrollHeight;
    else if (extended) log.scrollTop = log.scrollHeight - fromEnd;
    const line = before === "start" && log.querySelector<HTMLElement>(".new");
    if (line && line.offsetTop < log.scrollTop) log.scrollTop = line.offsetTop - lineMargin;
    oldest = idOf(entries[0]);
    newest = idOf(last);
    look(log);
    // Not again for the same oldest message: where the server refuses, the reader's next scroll asks anew.
    if (extended) wantOlder();
  }

  const stops = [
    effect(() => {
      place.value = "start";
      if (model.panelOpen.value) untracked(settle);
    }),
    // The line is drawn while nobody looks, and then stays where it is: drawn while the customer watches the end, it would
    // flash above every message that comes in.
    effect(() => {
      const { lastSeq, readSeq } = model.thread.value;
      const unread = model.unread.value > 0;
      const canMark = model.session.value.kind === "open";
      if (!visible.value || place.value !== "newest") {
        if (unread) newAfter.value = readSeq;
        else if (place.value === "start") newAfter.value = nothingNew;
      } else if (unread && canMark) untracked(() => model.markRead(lastSeq));
    }),
    effect(() => {
      if (model.link.value.kind === "live") untracked(wantOlder);
    }),
  ];

  return {
    place,
    newAfter,
    attach(element) {
      log = element;
      const observer = new ResizeObserver(settle);
      for (const box of [element, element?.firstElementChild]) if (box) observer.observe(box);
      return () => observer.disconnect();
    },
    settle,
    scrolled() {
      if (!log?.clientHeight || place.peek() === "start") return;
      look(log);
      wantOlder();
    },
    toNewest() {
      place.value = "newest";
      settle();
    },
    dispose: () => {
      for (const stop of stops) stop();
    },
  };
}

const idOf = (entry: Entry | undefined): string | undefined =>
  entry?.kind === "message" ? entry.message.id : entry?.id;
