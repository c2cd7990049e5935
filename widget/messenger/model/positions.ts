/** Tells the server how far messages have arrived here and been read; cumulative, so that a lost report does no harm. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { ClientFrame } from "../../../shared/protocol.ts";
import type { After } from "../surroundings.ts";

/** A burst of messages is reported once. */
const pauseMs = 500;

export interface Positions {
  /** How far this customer has read, on whatever device. */
  readonly readSeq: ReadonlySignal<number>;
  arrived(seq: number): void;
  /** Read here. */
  read(seq: number): void;
  /** What the server knows: at the start, at each connection, and when another device has read. */
  known(readSeq: number): void;
  /** Says again what an earlier connection may have lost. */
  linkUp(): void;
  dispose(): void;
}

export function createPositions(after: After, send: (frame: ClientFrame) => boolean): Positions {
  const readSeq = signal(0);
  let serverRead = 0;
  let arrivedSeq = 0;
  let deliveredSeq = 0;
  let cancelReport: (() => void) | null = null;

  function report(): void {
    cancelReport = null;
    if (arrivedSeq > Math.max(deliveredSeq, serverRead) && send({ t: "delivered", seq: arrivedSeq }))
      deliveredSeq = arrivedSeq;
  }

  function reportRead(): void {
    if (readSeq.peek() > serverRead && send({ t: "read", seq: readSeq.peek() })) serverRead = readSeq.peek();
  }

  return {
    readSeq,
    arrived(seq) {
      arrivedSeq = Math.max(arrivedSeq, seq);
      cancelReport ??= after(pauseMs, report);
    },
    read(seq) {
      readSeq.value = Math.max(readSeq.peek(), seq);
      reportRead();
    },
    known(seq) {
      serverRead = seq;
      readSeq.value = Math.max(readSeq.peek(), seq);
    },
    linkUp() {
      deliveredSeq = 0;
      reportRead();
      report();
    },
    dispose: () => cancelReport?.(),
  };
}
