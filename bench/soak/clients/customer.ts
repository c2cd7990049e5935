/**
 * One device of a customer, in plain `ws` and REST: writes, reads, leaves at random, comes back to a random node with a
 * position of random age.
 */

import type { Look } from "../history/observation.ts";
import type { ConversationLog, WireMessage } from "./conversation-log.ts";
import { type Frame, type Line, openLine } from "./line.ts";
import { type Counts, Outbox, type Postage } from "./outbox.ts";
import { markRead, readPage } from "./over-http.ts";

export interface CustomerOptions {
  readonly name: string;
  readonly writer: number;
  /** Of all nodes. */
  readonly urls: readonly string[];
  readonly sessionToken: string;
  readonly log: ConversationLog;
  readonly postage: Postage;
  /** In [0, 1). */
  readonly random: () => number;
  readonly counts: Counts;
  /** The server sent it away for good, which it never may. */
  expelled(reason: string): void;
}

type State =
  | { readonly kind: "away" }
  | { readonly kind: "opening"; readonly line: Line; readonly look: Look }
  | { readonly kind: "live"; readonly line: Line; readonly look: Look; readonly leave: NodeJS.Timeout }
  | { readonly kind: "gone" };

/** Between two losses of a device that leaves by itself, at most. */
const longestStayMs = 8000;
const longestAbsenceMs = 600;
/** Between two requests of other kinds. */
const errandMs = 400;
/** Close codes that send a client away for good. */
const final = new Set([4400, 4401, 4403, 4409, 4413]);

export class Customer {
  readonly name: string;
  readonly #options: CustomerOptions;
  readonly #outbox: Outbox;
  readonly #errands: NodeJS.Timeout;
  #state: State = { kind: "away" };
  /** Everything up to here has come in at some time. */
  #cursor = 0;
  #restless = true;

  constructor(options: CustomerOptions) {
    const { random, writer, log, postage, counts } = options;
    this.name = options.name;
    this.#options = options;
    const window = 1 + Math.floor(random() * 16);
    this.#outbox = new Outbox({ log, writer, window, postage, random, counts });
    this.#errands = setInterval(() => void this.#errand(), errandMs * (0.5 + random()));
    this.#connect();
  }

  /** Writes nothing new from now on, and stays. */
  finish(): void {
    this.#restless = false;
    this.#outbox.finish();
  }

  /** Everything it wrote is acknowledged, and it has everything that was. */
  get settled(): boolean {
    return this.#outbox.empty && this.#cursor >= this.#options.log.lastAcknowledged;
  }

  get cursor(): number {
    return this.#cursor;
  }

  stop(): void {
    clearInterval(this.#errands);
    const { kind } = this.#state;
    if (kind === "opening" || kind === "live") this.#state.line.cut();
    if (this.#state.kind === "live") clearTimeout(this.#state.leave);
    this.#state = { kind: "gone" };
  }

  #connect(): void {
    if (this.#state.kind === "gone") return;
    const { log, random, sessionToken } = this.#options;
    // A position may be as old as it likes: what is behind it comes again.
    const afterSeq = random() < 0.3 ? Math.floor(random() * (this.#cursor + 1)) : this.#cursor;
    const look = log.look(this.name, afterSeq);
    const address = `${this.#url().replace("http", "ws")}/api/v1/socket`;
    const line = openLine(
      address,
      { t: "auth", token: sessionToken, afterSeq, delivered: true },
      {
        frame: (frame) => this.#heard(line, look, frame),
        closed: (code, reason) => this.#lost(line, code, reason),
      },
    );
    this.#state = { kind: "opening", line, look };
  }

  #heard(line: Line, look: Look, frame: Frame): void {
    switch (frame.t) {
      case "ready":
        this.#ready(line, look, frame);
        break;
      case "ack":
        this.#outbox.acknowledged(frame as unknown as { id: string; seq: number }, this.#transmit);
        break;
      case "refused":
        if (typeof frame.id === "string") this.#outbox.refused(frame.id, String(frame.code), this.#transmit);
        break;
      case "message":
        this.#delivered(look, frame.message as WireMessage);
        break;
      case "session":
        this.#options.expelled(`${this.name}: session ${String(frame.state)}`);
        break;
      // The rest are hints: what positions really are, the next look says.
    }
  }

  #ready(line: Line, look: Look, frame: Frame): void {
    const { log, random } = this.#options;
    const agent = frame.agent as { delivered: number; read: number };
    log.see({
      kind: "told",
      look,
      lastSeq: Number(frame.lastSeq),
      positions: {
        contactDelivered: null,
        contactRead: Number(frame.readSeq),
        agentDelivered: agent.delivered,
        agentRead: agent.read,
      },
    });
    const leave = setTimeout(() => this.#leave(), 200 + random() * longestStayMs);
    this.#state = { kind: "live", line, look, leave };
    this.#outbox.lineUp(this.#transmit);
  }

  #delivered(look: Look, wire: WireMessage): void {
    const { log, counts } = this.#options;
    const message = log.recognise(this.name, wire);
    if (message === null) return;
    log.see({ kind: "delivered", look, seq: wire.seq, message });
    counts.delivered++;
    this.#cursor = Math.max(this.#cursor, wire.seq);
  }

  #leave(): void {
    if (!this.#restless || this.#state.kind !== "live") return;
    if (this.#options.random() < 0.5) this.#state.line.close();
    else this.#state.line.cut();
  }

  #lost(line: Line, code: number, reason: string): void {
    if (!("line" in this.#state) || this.#state.line !== line) return;
    if (this.#state.kind === "live") clearTimeout(this.#state.leave);
    if (final.has(code)) this.#options.expelled(`${this.name}: closed with ${code} ${reason}`);
    this.#state = { kind: "away" };
    this.#options.counts.reconnects++;
    setTimeout(() => this.#connect(), 20 + this.#options.random() * longestAbsenceMs);
  }

  /** What a messenger does beside: receipts, and a page of the history. */
  async #errand(): Promise<void> {
    if (this.#state.kind !== "live") return;
    const { log, random, sessionToken } = this.#options;
    const seq = Math.floor(random() * (this.#cursor + 1));
    const access = { url: this.#url(), token: sessionToken };
    const path = "/conversation";
    const dice = random();
    if (dice < 0.3) await readPage(access, log, { reader: this.name, after: seq, path });
    else if (dice < 0.6) await markRead(access, log, { by: "contactRead", seq, path });
    else this.#mark(dice < 0.8 ? "read" : "delivered", seq);
  }

  #mark(receipt: "read" | "delivered", seq: number): void {
    if (this.#state.kind !== "live") return;
    const { log } = this.#options;
    log.see({ kind: "marking", position: receipt === "read" ? "contactRead" : "contactDelivered", seq });
    this.#state.line.send({ t: receipt, seq });
  }

  readonly #transmit = (id: string, text: string): void => {
    if (this.#state.kind === "live") this.#state.line.send({ t: "send", id, text });
  };

  #url(): string {
    const { urls, random } = this.#options;
    return urls[Math.floor(random() * urls.length)] as string;
  }
}
