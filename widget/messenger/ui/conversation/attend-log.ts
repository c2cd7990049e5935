import { effect, signal, untracked } from "@preact/signals";
import type { MessengerModel } from "../../model/messenger-model.ts";
import { Follow } from "./follow.ts";
import type { Reading } from "./reading.ts";
import type { Row } from "./rows.ts";

export interface LogAttendant {
  /** The rows on the page have changed. */
  changed(rows: readonly Row[]): void;
  scrolled(): void;
  toNewest(): void;
  dispose(): void;
}

interface LogElements {
  readonly log: HTMLElement;
  /** What scrolls inside the log. */
  readonly content: HTMLElement;
}

/** How far below the upper edge the “New” line is placed, in CSS pixels. */
const dividerMargin = 16;

/** Looks after the log's scrolling: where it stands, what the reader has before their eyes, when older messages are wanted. */
export function attendLog(
  { log, content }: LogElements,
  model: MessengerModel,
  reading: Reading,
): LogAttendant {
  const follow = new Follow(log);
  const nearStart = signal(false);
  let firstKey: string | undefined;
  let lastKey: string | undefined;
  let hidden = log.clientHeight === 0;

  const look = () => {
    reading.atNewest.value = model.panelOpen.peek() && follow.following && lastKey !== undefined;
    nearStart.value = follow.nearStart;
  };
  /** Where a reader begins: at the newest message, or at the first new one where they don't all fit. */
  const begin = () => {
    follow.toNewest();
    const line = log.querySelector<HTMLElement>(".divider");
    if (line && line.offsetTop < log.scrollTop) follow.to(line.offsetTop - dividerMargin);
    look();
  };

  const observer = new ResizeObserver(() => {
    const appeared = hidden && log.clientHeight > 0;
    hidden = log.clientHeight === 0;
    if (appeared) return begin();
    follow.changed(false);
    look();
  });
  observer.observe(log);
  observer.observe(content);

  const stopOpening = effect(() => {
    if (model.panelOpen.value) untracked(begin);
  });
  // Not again for the same oldest message: where the server refuses, the reader's next scroll asks anew.
  let asked: string | null = null;
  const stopLoading = effect(() => {
    const { hasOlder, entries } = model.thread.value;
    const oldest = entries[0]?.kind === "message" ? entries[0].message.id : null;
    if (!nearStart.value) asked = null;
    else if (hasOlder && oldest !== asked && model.link.value.kind === "live") {
      asked = oldest;
      void model.loadOlder();
    }
  });

  return {
    changed(rows) {
      const entries = rows.filter((row) => row.kind === "entry");
      const first = entries[0]?.key;
      const newest = entries.at(-1);
      const isFirst = lastKey === undefined && newest !== undefined;
      const wrote = newest?.entry.kind === "pending" && newest.key !== lastKey;
      const olderAdded = first !== firstKey;
      firstKey = first;
      lastKey = newest?.key;
      if (isFirst) return begin();
      if (wrote) follow.toNewest();
      else follow.changed(olderAdded);
      look();
    },
    scrolled() {
      follow.scrolled();
      look();
    },
    toNewest() {
      follow.toNewest();
      look();
    },
    dispose() {
      observer.disconnect();
      stopOpening();
      stopLoading();
    },
  };
}
