import type { Message } from "../../shared/protocol.ts";

/** Messages read at once when catching up. */
const pageSize = 100;

export interface FeedOptions {
  /** The reader has everything up to here. */
  readonly afterSeq: number;
  /** How far the conversation is known to have come; absent: not known, so that the feed looks. */
  readonly lastSeq?: number;
  /** The oldest messages after `after`, at most `limit`, in ascending `seq`. */
  read(after: number, limit: number): Promise<readonly Message[]>;
  emit(message: Message): void;
  /** Whether the reader can take more now. Once it can again, call `resume`. */
  ready(): boolean;
  /** The store could not be read. The feed tries again with the next message offered, or when resumed. */
  failed?(error: unknown): void;
}

/**
 * One reader's view of a conversation: everything after `afterSeq`, in order, each message once, however the live messages
 * come: late, twice, in disorder, or not at all. What fits is passed on; a gap is read from the store.
 */
export interface Feed {
  /** A live message, as the bus brought it. */
  offer(message: Message): void;
  /** The store has messages up to this one. */
  reach(seq: number): void;
  resume(): void;
  close(): void;
}

export function createFeed(options: FeedOptions): Feed {
  const { read, emit, ready, failed } = options;
  let state: "idle" | "reading" | "closed" = "idle";
  /** The last `seq` emitted. */
  let cursor = options.afterSeq;
  /** The last `seq` that was heard of. */
  let offered = 0;
  /** The last `seq` that the store may have; infinite until it has answered with the end of the conversation. */
  let known = options.lastSeq ?? Number.POSITIVE_INFINITY;

  function pass(message: Message): void {
    // Before `emit`, which may close the feed, or bring about the next message.
    cursor = message.seq;
    emit(message);
  }

  function catchUp(): void {
    if (state === "idle" && known > cursor && ready()) void readOn();
  }

  async function readOn(): Promise<void> {
    state = "reading";
    try {
      while (known > cursor && ready() && (await readPage()));
      if (isReading()) state = "idle";
    } catch (error) {
      if (!isReading()) return;
      state = "idle";
      failed?.(error);
    }
  }

  /**
   * The store's pages have no gap but one: in front of them, where what was old has been removed for good.
   * @returns whether it is worth reading on
   */
  async function readPage(): Promise<boolean> {
    const offeredBefore = offered;
    const page = await read(cursor, pageSize);
    const end = page.at(-1)?.seq ?? cursor;
    known = page.length < pageSize ? Math.max(end, offered) : Number.POSITIVE_INFINITY;
    for (const message of page) {
      if (!isReading()) return false;
      // A reader that is ready again by now goes on at once: its `resume` may have come too early to count.
      if (!ready()) return true;
      pass(message);
    }
    // What was offered while the store was asked may be younger than its answer.
    return isReading() && (page.length > 0 || offered > offeredBefore);
  }

  /** Asked anew after whatever may have closed the feed. */
  function isReading(): boolean {
    return state === "reading";
  }

  catchUp();
  return {
    offer(message) {
      if (state === "closed" || message.seq <= cursor) return;
      offered = Math.max(offered, message.seq);
      known = Math.max(known, message.seq);
      if (state === "idle" && message.seq === cursor + 1 && ready()) pass(message);
      catchUp();
    },
    reach(seq) {
      offered = Math.max(offered, seq);
      known = Math.max(known, seq);
      catchUp();
    },
    resume: catchUp,
    close() {
      state = "closed";
    },
  };
}
