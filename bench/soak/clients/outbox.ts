import { type MessageNumber, messageNumber, numberOf, textOf } from "../message-number.ts";
import type { ConversationLog } from "./conversation-log.ts";

/** Hands a message to the present line; it is lost where there is none. */
export type Transmit = (id: string, text: string) => void;

/** How a frame leaves: each message once or, where frames are doubled on the way, twice. */
export type Postage = "once" | "twice";

export interface OutboxOptions {
  readonly log: ConversationLog;
  readonly writer: number;
  /** Messages under way at once. */
  readonly window: number;
  readonly postage: Postage;
  /** In [0, 1). */
  readonly random: () => number;
  readonly counts: Counts;
}

/** What a round adds up. */
export interface Counts {
  sent: number;
  resent: number;
  acknowledged: number;
  delivered: number;
  reconnects: number;
}

interface Answer {
  readonly id: string;
  readonly seq: number;
}

/** A writer's messages: kept until they are acknowledged, sent again in their order after every doubt, under their id. */
export class Outbox {
  readonly #options: OutboxOptions;
  /** By id, in the order written. */
  readonly #waiting = new Map<string, MessageNumber>();
  /** Some that were acknowledged long ago: repeated now and then, for a repetition may come at any time. */
  readonly #old: MessageNumber[] = [];
  #written = 0;
  #writing = true;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Nothing new from now on. */
  finish(): void {
    this.#writing = false;
  }

  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  /** A line is there: what was left unanswered goes first. */
  lineUp(transmit: Transmit): void {
    for (const message of this.#waiting.values()) {
      this.#options.counts.resent++;
      this.#post(message, transmit);
    }
    this.write(transmit);
  }

  /** As many new ones as the window has room for. */
  write(transmit: Transmit): void {
    const { log, writer, window, counts } = this.#options;
    while (this.#writing && this.#waiting.size < window) {
      const message = messageNumber(writer, this.#written++);
      this.#waiting.set(log.idOf(message), message);
      counts.sent++;
      this.#post(message, transmit);
    }
  }

  acknowledged({ id, seq }: Answer, transmit: Transmit): void {
    const { log, writer, random, counts } = this.#options;
    const waited = this.#waiting.get(id);
    const message = waited ?? numberOf(log.place, id);
    if (message === null) {
      log.see({ kind: "altered", reader: `writer ${writer}`, seq, what: `the acknowledgement of ${id}` });
      return;
    }
    log.acknowledged(message, seq);
    if (waited === undefined) return;
    counts.acknowledged++;
    this.#waiting.delete(id);
    if (random() < 0.01) this.#old.push(message);
    if (random() < 0.01) this.#repeatOld(transmit);
    this.write(transmit);
  }

  /** Sends it again a little later, unless it was refused for good. */
  refused(id: string, code: string, transmit: Transmit): void {
    const message = this.#waiting.get(id);
    if (message === undefined) return;
    const retryable = retryableCodes.has(code);
    this.#options.log.see({ kind: "refused", message, code, retryable });
    if (!retryable) this.#waiting.delete(id);
    else setTimeout(() => this.#waiting.has(id) && this.#post(message, transmit), retryMs);
  }

  #repeatOld(transmit: Transmit): void {
    const { random } = this.#options;
    const message = this.#old[Math.floor(random() * this.#old.length)];
    if (message !== undefined) this.#post(message, transmit);
  }

  #post(message: MessageNumber, transmit: Transmit): void {
    const { log, postage } = this.#options;
    log.see({ kind: "sent", message });
    const id = log.idOf(message);
    transmit(id, textOf(message));
    if (postage === "twice") transmit(id, textOf(message));
  }
}

const retryMs = 200;
const retryableCodes = new Set(["unavailable", "rate_limited"]);
