/**
 * A device with the messenger's own transport: its connection machine, its backoff, its detour over HTTP where sockets do
 * not get through. It never leaves by itself; the faults see to that.
 */

import { WebSocket } from "ws";
import type { ServerFrame } from "../../../shared/protocol.ts";
import type { SocketHandlers, Socket as Wire } from "../../../widget/messenger/surroundings.ts";
import { detourOf } from "../../../widget/messenger/transport/detour/detour.ts";
import { createLink, type Link } from "../../../widget/messenger/transport/link.ts";
import type { Look } from "../history/observation.ts";
import type { CustomerOptions } from "./customer.ts";
import { Outbox } from "./outbox.ts";

export class Messenger {
  readonly name: string;
  readonly #options: CustomerOptions;
  readonly #outbox: Outbox;
  readonly #link: Link;
  #look: Look = 0;
  #cursor = 0;

  constructor(options: CustomerOptions) {
    const { random, writer, log, postage, counts } = options;
    this.name = options.name;
    this.#options = options;
    // As the messenger's own outbox: one at a time.
    this.#outbox = new Outbox({ log, writer, window: 1, postage, random, counts });
    this.#link = createLink(
      {
        clock: { now: () => Date.now() },
        random,
        online: () => true,
        visible: () => true,
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
        fetch: (path, init) => fetch(`${this.#url()}${path}`, init),
        openSocket: (handlers) => openSocket(`${this.#url().replace("http", "ws")}/api/v1/socket`, handlers),
        loadDetour: async () => detourOf,
      },
      {
        credentials: () => this.#credentials(),
        frame: (frame) => this.#heard(frame),
        stopped: (reason) => options.expelled(`${this.name}: sent away for ${reason}`),
      },
    );
    this.#link.tell("start");
  }

  finish(): void {
    this.#outbox.finish();
  }

  get settled(): boolean {
    return this.#outbox.empty && this.#cursor >= this.#options.log.lastAcknowledged;
  }

  stop(): void {
    this.#link.tell("stop");
  }

  /** Asked at each authentication: a look begins. */
  #credentials() {
    const { log, sessionToken, counts } = this.#options;
    if (this.#look > 0) counts.reconnects++;
    this.#look = log.look(this.name, this.#cursor);
    return { token: sessionToken, afterSeq: this.#cursor, atMost: Number.MAX_SAFE_INTEGER };
  }

  #heard(frame: ServerFrame): void {
    if (frame.t === "ready") this.#ready(frame);
    else if (frame.t === "ack") this.#outbox.acknowledged(frame, this.#transmit);
    else if (frame.t === "refused" && frame.id !== undefined)
      this.#outbox.refused(frame.id, frame.code, this.#transmit);
    else if (frame.t === "message") this.#delivered(frame.message);
    else if (frame.t === "session") this.#options.expelled(`${this.name}: session ${frame.state}`);
  }

  #ready({ lastSeq, readSeq, agent }: Extract<ServerFrame, { t: "ready" }>): void {
    const positions = {
      contactDelivered: null,
      contactRead: readSeq,
      agentDelivered: agent.delivered,
      agentRead: agent.read,
    };
    this.#options.log.see({ kind: "told", look: this.#look, lastSeq, positions });
    this.#outbox.lineUp(this.#transmit);
  }

  #delivered(wire: Extract<ServerFrame, { t: "message" }>["message"]): void {
    const { log, counts } = this.#options;
    const message = log.recognise(this.name, wire);
    if (message === null) return;
    log.see({ kind: "delivered", look: this.#look, seq: wire.seq, message });
    counts.delivered++;
    this.#cursor = Math.max(this.#cursor, wire.seq);
  }

  readonly #transmit = (id: string, text: string): void => {
    this.#link.send({ t: "send", id, text });
  };

  #url(): string {
    const { urls, random } = this.#options;
    return urls[Math.floor(random() * urls.length)] as string;
  }
}

function openSocket(address: string, handlers: SocketHandlers): Wire {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  socket.on("open", () => handlers.opened());
  socket.on("message", (data) => handlers.text(String(data)));
  socket.on("error", () => {});
  socket.on("close", (code, reason) => handlers.closed(code, String(reason)));
  return { send: (text) => socket.send(text), close: () => socket.close() };
}
