/** Tells the server how far messages have arrived here and been read; cumulative, so that a lost report does no harm. */

import { type ReadonlySignal, signal } from "@preact/signals-core";
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
}

export function createPositions(after: After, send: (frame: ClientFrame) => boolean): Positions {
  const readSeq = signal(0);
  let serverRead = 0;
  let arrivedSeq = 0;
  let deliveredSeq = 0;
  let cancelReport: (() => void) | null = null;

  function advance(seq: number): void {
    readSeq.value = Math.max(readSeq.peek(), seq);
  }

  function report(): void {
    cancelReport?.();
    cancelReport = null;
    const seq = readSeq.peek();
    if (seq > serverRead && send({ t: "read", seq })) serverRead = seq;
    if (arrivedSeq > Math.max(deliveredSeq, serverRead) && send({ t: "delivered", seq: arrivedSeq }))
      deliveredSeq = arrivedSeq;
  }

  return {
    readSeq,
    arrived(seq) {
      arrivedSeq = Math.max(arrivedSeq, seq);
      cancelReport ??= after(pauseMs, report);
    },
    read(seq) {
      advance(seq);
      report();
    },
    known(seq) {
      serverRead = seq;
      advance(seq);
    },
    linkUp() {
      deliveredSeq = 0;
      report();
    },
  };
}
