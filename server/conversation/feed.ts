import type { Message } from "../../shared/protocol.ts";

/** Messages read at once when catching up. */
const pageSize = 100;

/** Who follows a conversation. */
export interface Reader {
  /** The oldest messages after `after`, at most `limit`, in ascending `seq`. */
  read(after: number, limit: number): Promise<readonly Message[]>;
  emit(message: Message): void;
  /** Whether the reader can take more now. Once it can again, call `resume`. */
  ready(): boolean;
  /** The store could not be read. The feed tries again with the next message offered, or when resumed. */
  failed?(error: unknown): void;
}

export interface FeedOptions {
  /** The reader has everything up to here. */
  readonly afterSeq: number;
  /** How far the conversation is known to have come; absent: not known, so that the feed looks. */
  readonly lastSeq?: number;
  readonly reader: Reader;
}

/**
 * One reader's view of a conversation: everything after `afterSeq`, in order, each message once, however the live messages
 * come: late, twice, in disorder, or not at all. What fits is passed on; a gap is read from the store.
 *
 * A class: each socket has one, and a dozen closures would cost it a kilobyte.
 */
export class Feed {
  readonly #reader: Reader;
  #state: "idle" | "reading" | "closed" = "idle";
  /** The last `seq` emitted. */
  #cursor: number;
  /** The last `seq` that was heard of. */
  #offered = 0;
  /** The last `seq` that the store may have; infinite until it has answered with the end of the conversation. */
  #known: number;

  constructor({ afterSeq, lastSeq, reader }: FeedOptions) {
    this.#reader = reader;
    this.#cursor = afterSeq;
    this.#known = lastSeq ?? Number.POSITIVE_INFINITY;
    this.resume();
  }

  /** A live message, as the bus brought it. */
  offer(message: Message): void {
    const { seq } = message;
    if (this.#state === "closed" || seq <= this.#cursor) return;
    this.#hearOf(seq);
    if (this.#state === "idle" && seq === this.#cursor + 1 && this.#reader.ready()) this.#pass(message);
    this.resume();
  }

  /** The store has messages up to this one. */
  reach(seq: number): void {
    this.#hearOf(seq);
    this.resume();
  }

  resume(): void {
    if (this.#state === "idle" && this.#wantsMore()) void this.#readOn();
  }

  close(): void {
    this.#state = "closed";
  }

  #hearOf(seq: number): void {
    this.#offered = Math.max(this.#offered, seq);
    this.#known = Math.max(this.#known, seq);
  }

  #wantsMore(): boolean {
    return this.#known > this.#cursor && this.#reader.ready();
  }

  #pass(message: Message): void {
    // Before `emit`, which may close the feed, or bring about the next message.
    this.#cursor = message.seq;
    this.#reader.emit(message);
  }

  async #readOn(): Promise<void> {
    this.#state = "reading";
    try {
      while (this.#wantsMore() && (await this.#readPage()));
      if (this.#isReading()) this.#state = "idle";
    } catch (error) {
      if (!this.#isReading()) return;
      this.#state = "idle";
      this.#reader.failed?.(error);
    }
  }

  /**
   * The store's pages have no gap but one: in front of them, where what was old has been removed for good.
   * @returns whether it is worth reading on
   */
  async #readPage(): Promise<boolean> {
    const offeredBefore = this.#offered;
    const page = await this.#reader.read(this.#cursor, pageSize);
    const end = page.at(-1)?.seq ?? this.#cursor;
    this.#known = page.length < pageSize ? Math.max(end, this.#offered) : Number.POSITIVE_INFINITY;
    for (const message of page) {
      if (!this.#isReading()) return false;
      // A reader that is ready again by now goes on at once: its `resume` may have come too early to count.
      if (!this.#reader.ready()) return true;
      this.#pass(message);
    }
    // What was offered while the store was asked may be younger than its answer.
    return this.#isReading() && (page.length > 0 || this.#offered > offeredBefore);
  }

  /** Asked anew after whatever may have closed the feed. */
  #isReading(): boolean {
    return this.#state === "reading";
  }
}
