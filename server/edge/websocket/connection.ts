import type { Duplex } from "node:stream";
import { type RawData, WebSocket } from "ws";
import type { Clock } from "../../../shared/clock.ts";
import type { Limits } from "../../../shared/limits.ts";
import { closeCodes } from "../../../shared/protocol.ts";
import type { WriteBatch } from "./write-batch.ts";

/** ws closes with RFC 6455's codes for an oversize frame and for text that is not UTF-8; the contract has its own. */
const ownCodes: Readonly<Record<number, number>> = {
  1007: closeCodes.badFrame,
  1009: closeCodes.tooLarge,
};

export class ContractWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code === undefined ? code : (ownCodes[code] ?? code), reason);
  }
}

/** What happens on a connection, told to whoever serves it. */
export interface Listener {
  text(frame: string): void;
  /** A ping of the protocol: it costs us an answer, as a frame does. */
  pinged(): void;
  /** The queue was over its limit and is empty now. */
  drained(): void;
  /** Once, at the first sign of the end; nothing is told afterwards. */
  closed(): void;
}

/** A closing peer that does not answer, in milliseconds. */
const closePatienceMs = 5000;

type State =
  | { readonly kind: "open" }
  /** Nothing is read or queued any more until the peer has caught up. */
  | { readonly kind: "congested"; readonly since: number }
  | { readonly kind: "closing"; readonly since: number };

/** One WebSocket: its queue, its pulse and its end. What the frames mean is the listener's business. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #raw: Duplex;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #batch: WriteBatch;
  readonly #listener: Listener;
  #state: State = { kind: "open" };
  #heard = true;
  #heardAt: number;

  /** @param listen receives the connection and answers who listens to it */
  constructor(
    socket: WebSocket,
    raw: Duplex,
    deps: { readonly limits: Limits; readonly clock: Clock; readonly batch: WriteBatch },
    listen: (connection: Connection) => Listener,
  ) {
    this.#socket = socket;
    this.#raw = raw;
    this.#limits = deps.limits;
    this.#clock = deps.clock;
    this.#batch = deps.batch;
    this.#heardAt = deps.clock.now();
    this.#listener = listen(this);
    socket.on("message", (data, isBinary) => this.#received(data, isBinary));
    socket.on("ping", () => this.#pinged());
    socket.on("pong", () => this.#hear());
    // Errors of the peer's making; the socket closes itself with the code that fits.
    socket.on("error", () => this.#ended());
    socket.on("close", () => this.#ended());
    raw.on("drain", () => this.#drained());
  }

  get congested(): boolean {
    return this.#state.kind === "congested";
  }

  get open(): boolean {
    return this.#state.kind !== "closing";
  }

  /** @param frame JSON text, as a string or its UTF-8 */
  send(frame: string | Buffer): void {
    if (!this.open) return;
    this.#batch.hold(this.#raw);
    this.#socket.send(frame, { binary: false });
    if (this.#state.kind === "open" && this.#raw.writableLength > this.#limits.socketQueueBytes) {
      this.#state = { kind: "congested", since: this.#clock.now() };
      this.#socket.pause();
    }
  }

  /** @param reason a problem code; the peer's developer tools show it */
  close(code: number, reason: string): void {
    if (!this.open) return;
    this.#ended();
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#ended();
    this.#socket.terminate();
  }

  /** Called about once a second. Pings the silent, gives up on the dead and the hopelessly slow. */
  checkPulse(): void {
    const now = this.#clock.now();
    if (this.#heard) this.#heardAt = now;
    this.#heard = false;
    const { heartbeatMs } = this.#limits;
    const silentMs = now - this.#heardAt;
    if (this.#state.kind === "closing") {
      if (now - this.#state.since >= closePatienceMs) this.#socket.terminate();
    } else if (this.#state.kind === "congested") {
      if (now - this.#state.since >= heartbeatMs) this.close(closeCodes.tryLater, "unavailable");
    } else if (silentMs >= 2 * heartbeatMs) this.terminate();
    else if (silentMs >= heartbeatMs) this.#socket.ping();
  }

  #received(data: RawData, isBinary: boolean): void {
    this.#hear();
    if (!this.open) return;
    if (isBinary) this.close(closeCodes.badFrame, "request_invalid");
    else this.#listener.text(String(data));
  }

  #pinged(): void {
    this.#hear();
    if (this.open) this.#listener.pinged();
  }

  #hear(): void {
    this.#heard = true;
  }

  #drained(): void {
    if (this.#state.kind !== "congested") return;
    this.#state = { kind: "open" };
    this.#socket.resume();
    this.#listener.drained();
  }

  #ended(): void {
    if (this.#state.kind === "closing") return;
    this.#state = { kind: "closing", since: this.#clock.now() };
    this.#listener.closed();
  }
}
