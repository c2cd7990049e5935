/** What waits to be written to all sockets of a node together. */
export interface QueuedBytes {
  /** @param change in bytes, since the same socket said the last time */
  changed(change: number): void;
  readonly total: number;
  /** A peer that still owes us the reading of what was written before can't be kept any more. */
  readonly full: boolean;
}

export function createQueuedBytes(limit: number): QueuedBytes {
  let total = 0;
  return {
    changed(change) {
      total += change;
    },
    get total() {
      return total;
    },
    get full() {
      return total > limit;
    },
  };
}
