/**
 * A device with the messenger itself, without an interface: its session, its outbox, its connection machine and detour, its
 * window on the conversation. It makes ids of its own; which message is which, the text tells.
 */

import { contactJwt } from "../../../e2e/harness/acme.ts";
import type { Message } from "../../../shared/protocol.ts";
import {
  createHeadlessClient,
  type HeadlessClient,
  type HeadlessState,
} from "../../../widget/headless/headless.ts";
import { type MessageNumber, messageNumber, textOf } from "../message-number.ts";
import type { CustomerOptions } from "./customer.ts";

export type HeadlessOptions = Omit<CustomerOptions, "sessionToken" | "postage"> & {
  readonly identity: string;
};

/** Between two messages: the share of the messenger is to be seen, not to be the load. */
const pauseMs = 30;

export class Headless {
  readonly name: string;
  readonly #options: HeadlessOptions;
  readonly #client: HeadlessClient;
  readonly #beat: NodeJS.Timeout;
  /** Written and not seen in the conversation yet, by text. */
  readonly #waiting = new Map<string, MessageNumber>();
  /** Seen in its outbox, of those. */
  readonly #offered = new Set<string>();
  #written = 0;
  #cursor = 0;
  #state: "writing" | "finishing" = "writing";

  /** Resolves once it is signed in. */
  static async signIn(options: HeadlessOptions): Promise<Headless> {
    const { urls, random } = options;
    const anywhere = (address: string): string => {
      const { pathname, search, protocol } = new URL(address);
      const origin = urls[Math.floor(random() * urls.length)] as string;
      return (protocol === "ws:" ? origin.replace("http", "ws") : origin) + pathname + search;
    };
    const client = await createHeadlessClient({
      url: urls[0] as string,
      deploymentId: "acme-web",
      fetch: (address, init) => fetch(anywhere(String(address)), init),
      WebSocket: class extends WebSocket {
        constructor(address: string) {
          super(anywhere(address));
        }
      },
    });
    client.on("authError", ({ error }) => options.expelled(`${options.name}: ${error.message}`));
    client.on("loggedOut", ({ reason }) => options.expelled(`${options.name}: logged out, ${reason}`));
    await client.login({ contactJwt: await contactJwt(options.identity) });
    return new Headless(options, client);
  }

  private constructor(options: HeadlessOptions, client: HeadlessClient) {
    this.name = options.name;
    this.#options = options;
    this.#client = client;
    client.subscribe((state) => this.#changed(state));
    this.#beat = setInterval(() => this.#write(), pauseMs);
  }

  finish(): void {
    this.#state = "finishing";
  }

  get settled(): boolean {
    return this.#waiting.size === 0 && this.#cursor >= this.#options.log.lastAcknowledged;
  }

  stop(): void {
    clearInterval(this.#beat);
    this.#client.close();
  }

  #write(): void {
    if (this.#state === "finishing" || this.#waiting.size > 4) return;
    const { log, writer, counts } = this.#options;
    const message = messageNumber(writer, this.#written++);
    const text = textOf(message);
    this.#waiting.set(text, message);
    counts.sent++;
    log.see({ kind: "sent", message });
    this.#client.send(text);
  }

  #changed({ thread: { entries } }: HeadlessState): void {
    let before: number | null = null;
    const pending = new Set<string>();
    for (const entry of entries) {
      if (entry.kind === "pending") {
        pending.add(entry.text);
        this.#pending(entry);
      } else {
        this.#shown(entry.message, before);
        before = entry.message.seq;
      }
    }
    this.#settle(pending);
  }

  /** @param before the `seq` shown above it; null: none */
  #shown(wire: Message, before: number | null): void {
    const { log, counts } = this.#options;
    if (before !== null && wire.seq !== before + 1)
      log.see({ kind: "altered", reader: this.name, seq: wire.seq, what: `a gap after ${before}` });
    const own = this.#waiting.get(wire.text);
    if (own !== undefined) this.#acknowledged(own, wire);
    if (wire.seq <= this.#cursor) return;
    this.#cursor = wire.seq;
    // The messenger says by itself what it has received.
    log.see({ kind: "marking", position: "contactDelivered", seq: wire.seq });
    const message = log.recognise(this.name, wire);
    if (message === null) return;
    log.see({ kind: "heard", reader: this.name, seq: wire.seq, message });
    counts.delivered++;
  }

  /** What is neither waiting nor shown was stored further up than the window goes: it had missed very much. */
  #settle(pending: ReadonlySet<string>): void {
    for (const [text, message] of this.#waiting)
      if (!pending.has(text) && this.#offered.has(text)) this.#acknowledged(message, { text, seq: null });
    for (const text of pending) this.#offered.add(text);
  }

  #acknowledged(
    message: MessageNumber,
    { text, seq }: { readonly text: string; readonly seq: number | null },
  ): void {
    const { log, counts } = this.#options;
    this.#waiting.delete(text);
    this.#offered.delete(text);
    counts.acknowledged++;
    log.acknowledged(message, seq);
  }

  #pending({
    id,
    status,
    code,
    retryable,
    text,
  }: Extract<HeadlessState["thread"]["entries"][number], { kind: "pending" }>): void {
    const message = this.#waiting.get(text);
    if (status === "sending" || message === undefined) return;
    this.#options.log.see({ kind: "refused", message, code: String(code), retryable });
    if (retryable) this.#client.retry(id);
    else this.#waiting.delete(text);
  }
}
