/**
 * An agent's desk, in plain `ws` and REST: hears the live events of every conversation, which promise nothing, shows what
 * fits, reads what does not, and answers.
 */

import type { Look } from "../history/observation.ts";
import { type ConversationLog, firstAgentWriter, type WireMessage } from "./conversation-log.ts";
import { type Frame, type Line, openLine } from "./line.ts";
import { type Counts, Outbox, type Postage } from "./outbox.ts";
import { markRead, readPage, request } from "./over-http.ts";

export interface AgentOptions {
  readonly name: string;
  /** Agents count from 0. */
  readonly number: number;
  readonly urls: readonly string[];
  readonly token: string;
  readonly logs: readonly ConversationLog[];
  readonly postage: Postage;
  /** In [0, 1). */
  readonly random: () => number;
  readonly counts: Counts;
  expelled(reason: string): void;
}

/** A conversation on the desk. */
interface Thread {
  readonly log: ConversationLog;
  readonly outbox: Outbox;
  /** Live messages that fit, as one endless look. */
  readonly look: Look;
  cursor: number;
  reading: boolean;
}

type State =
  | { readonly kind: "away" }
  | { readonly kind: "live"; readonly line: Line }
  | { readonly kind: "gone" };

const longestStayMs = 10_000;
const errandMs = 250;
const final = new Set([4400, 4401, 4403, 4409, 4413]);

export class Agent {
  readonly name: string;
  readonly #options: AgentOptions;
  readonly #threads = new Map<string, Thread>();
  readonly #errands: NodeJS.Timeout;
  #state: State = { kind: "away" };
  #leave: NodeJS.Timeout | undefined;
  #restless = true;

  constructor(options: AgentOptions) {
    const { logs, number, postage, random, counts } = options;
    this.name = options.name;
    this.#options = options;
    for (const log of logs) {
      const outbox = new Outbox({
        log,
        writer: firstAgentWriter + number,
        window: 1,
        postage,
        random,
        counts,
      });
      const look = log.look(this.name, 0);
      this.#threads.set(log.conversationId, { log, outbox, look, cursor: 0, reading: false });
    }
    this.#errands = setInterval(() => void this.#errand(), errandMs);
    this.#connect();
  }

  finish(): void {
    this.#restless = false;
    for (const { outbox } of this.#threads.values()) outbox.finish();
  }

  get settled(): boolean {
    return [...this.#threads.values()].every(
      ({ outbox, cursor, log }) => outbox.empty && cursor >= log.lastAcknowledged,
    );
  }

  /** Reads what is missing, as a desk does whose user looks at a conversation. */
  lookAround(): void {
    for (const thread of this.#threads.values())
      if (thread.cursor < thread.log.lastAcknowledged) void this.#catchUp(thread);
  }

  stop(): void {
    clearInterval(this.#errands);
    clearTimeout(this.#leave);
    if (this.#state.kind === "live") this.#state.line.cut();
    this.#state = { kind: "gone" };
  }

  #connect(): void {
    if (this.#state.kind === "gone") return;
    const { token, random } = this.#options;
    const line = openLine(
      `${this.#url().replace("http", "ws")}/api/v1/agent/socket`,
      { t: "auth", token, delivered: true },
      {
        frame: (frame) => this.#heard(line, frame),
        closed: (code, reason) => this.#lost(code, reason),
      },
    );
    this.#leave = setTimeout(() => this.#restless && line.cut(), 1000 + random() * longestStayMs);
  }

  #heard(line: Line, frame: Frame): void {
    if (this.#state.kind === "gone") line.cut();
    else if (frame.t === "ready") this.#ready(line);
    else {
      const thread = this.#threads.get(String(frame.conversationId));
      if (thread) this.#happened(thread, frame);
    }
  }

  #ready(line: Line): void {
    this.#state = { kind: "live", line };
    for (const thread of this.#threads.values()) {
      thread.outbox.lineUp(this.#transmit(thread));
      void this.#catchUp(thread);
    }
  }

  #happened(thread: Thread, frame: Frame): void {
    const { outbox } = thread;
    if (frame.t === "ack")
      outbox.acknowledged(frame as unknown as { id: string; seq: number }, this.#transmit(thread));
    else if (frame.t === "refused" && typeof frame.id === "string")
      outbox.refused(frame.id, String(frame.code), this.#transmit(thread));
    else if (frame.t === "message") this.#arrived(thread, frame.message as WireMessage);
  }

  #arrived(thread: Thread, wire: WireMessage): void {
    const { log, look, cursor } = thread;
    const message = log.recognise(this.name, wire);
    if (message === null) return;
    if (wire.seq === cursor + 1) {
      log.see({ kind: "delivered", look, seq: wire.seq, message });
      thread.cursor = wire.seq;
      this.#options.counts.delivered++;
      return;
    }
    log.see({ kind: "heard", reader: this.name, seq: wire.seq, message });
    if (wire.seq > cursor) void this.#catchUp(thread);
  }

  /** Pages from the store until nothing is missing that is known of. */
  async #catchUp(thread: Thread): Promise<void> {
    if (thread.reading) return;
    thread.reading = true;
    try {
      while (this.#state.kind !== "gone" && (await this.#readOn(thread)));
    } finally {
      thread.reading = false;
    }
  }

  async #readOn(thread: Thread): Promise<boolean> {
    const { log, look, cursor } = thread;
    const path = `/agent/conversations/${log.conversationId}`;
    const answer = await request(this.#access(), `${path}/messages?after=${cursor}&limit=100`);
    if (answer?.status !== 200) return false;
    const { messages, lastSeq } = answer.body as { messages: WireMessage[]; lastSeq: number };
    for (const wire of messages) {
      const message = log.recognise(this.name, wire);
      // Live messages may have come in meanwhile.
      if (message === null || wire.seq <= thread.cursor) continue;
      log.see({ kind: "delivered", look, seq: wire.seq, message });
      thread.cursor = wire.seq;
    }
    return messages.length > 0 && thread.cursor < lastSeq;
  }

  /** Positions and state of one conversation, and what an agent has read of it. */
  async #errand(): Promise<void> {
    const { random } = this.#options;
    const thread = [...this.#threads.values()][Math.floor(random() * this.#threads.size)];
    if (!thread || this.#state.kind !== "live") return;
    const { log, cursor } = thread;
    const path = `/agent/conversations/${log.conversationId}`;
    const access = this.#access();
    if (random() < 0.5) return markRead(access, log, { by: "agentRead", seq: cursor, path });
    if (random() < 0.2) return void (await readPage(access, log, { reader: this.name, after: cursor, path }));
    const look = log.look(this.name, cursor);
    const answer = await request(access, path);
    if (answer?.status !== 200) return;
    const { lastSeq, agent, customer } = answer.body as {
      lastSeq: number;
      agent: { delivered: number; read: number };
      customer: { delivered: number; read: number };
    };
    log.see({
      kind: "told",
      look,
      lastSeq,
      positions: {
        contactDelivered: customer.delivered,
        contactRead: customer.read,
        agentDelivered: agent.delivered,
        agentRead: agent.read,
      },
    });
  }

  #lost(code: number, reason: string): void {
    clearTimeout(this.#leave);
    if (this.#state.kind === "gone") return;
    if (final.has(code)) this.#options.expelled(`${this.name}: closed with ${code} ${reason}`);
    this.#state = { kind: "away" };
    this.#options.counts.reconnects++;
    setTimeout(() => this.#connect(), 20 + this.#options.random() * 300);
  }

  #transmit({ log: { conversationId } }: Thread): (id: string, text: string) => void {
    return (id, text) => {
      if (this.#state.kind === "live") this.#state.line.send({ t: "send", conversationId, id, text });
    };
  }

  #access(): { readonly url: string; readonly token: string } {
    return { url: this.#url(), token: this.#options.token };
  }

  #url(): string {
    const { urls, random } = this.#options;
    return urls[Math.floor(random() * urls.length)] as string;
  }
}
