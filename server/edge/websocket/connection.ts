import type { Duplex } from "node:stream";
import { type RawData, WebSocket } from "ws";
import type { Clock } from "../../../shared/clock.ts";
import type { Limits } from "../../../shared/limits.ts";
import { ProblemError } from "../../../shared/problem-error.ts";
import { closeCodes } from "../../../shared/protocol.ts";
import type { Log } from "../../observability/log.ts";
import type { QueuedBytes } from "../load/queued-bytes.ts";
import type { EndOfTurn } from "./end-of-turn.ts";
import type { Listener, Outlet } from "./outlet.ts";

/** ws closes with RFC 6455's codes for text that is not UTF-8, too many fragments, an oversize frame; the contract has its own. */
const ownCodes: Readonly<Record<number, number>> = {
  1007: closeCodes.badFrame,
  1008: closeCodes.tooLarge,
  1009: closeCodes.tooLarge,
};

export class ContractWebSocket extends WebSocket {
  /** Whom its events are told, and nobody else: a table of listeners would cost each socket a third of a kilobyte. */
  connection: Connection | null = null;

  override emit(event: string | symbol, ...about: unknown[]): boolean {
    const { connection } = this;
    if (!connection) return super.emit(event, ...about);
    switch (event) {
      case "message":
        connection.received(about[0] as RawData, about[1] === true);
        break;
      case "ping":
        connection.pinged();
        break;
      case "pong":
        connection.heard();
        break;
      // Of the peer's making; the socket closes itself with the code that fits.
      case "error":
        connection.ended();
        break;
      case "close":
        connection.gone();
    }
    return true;
  }

  override close(code?: number, reason?: string | Buffer): void {
    super.close(code === undefined ? code : (ownCodes[code] ?? code), reason);
  }
}

/** What the connections of a node share. */
export interface ConnectionDependencies {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly endOfTurn: EndOfTurn;
  readonly queued: QueuedBytes;
  readonly log: Log;
  /** Called once nothing is left of a connection. */
  gone(connection: Connection): void;
}

/** A closing peer that does not answer, in milliseconds. */
const closePatienceMs = 5000;

/** What the store can give again waits there beyond this share of the queue; the rest is for what can't be read again. */
const congestedShare = 1 / 4;

type State =
  | { readonly kind: "open" }
  /** Nothing is read from the peer until it has taken what is queued. `since`: it last took something. */
  | { readonly kind: "congested"; readonly since: number }
  | { readonly kind: "closing"; readonly since: number };

/** One for all connections. */
const openState: State = { kind: "open" };

/** One WebSocket: its queue, its pulse and its end. What the frames mean is the listener's business. */
export class Connection implements Outlet {
  readonly #socket: ContractWebSocket;
  readonly #raw: Duplex;
  readonly #deps: ConnectionDependencies;
  #listener: Listener;
  /** Frames of this turn. None mostly, and then no list of them. */
  #unsent: Buffer[] | null = null;
  #unsentBytes = 0;
  /** As last told to the node's count. */
  #countedBytes = 0;
  #state: State = openState;
  #heard = true;
  #heardAt: number;

  /** @param listen receives the connection and answers who listens to it */
  constructor(
    socket: ContractWebSocket,
    raw: Duplex,
    deps: ConnectionDependencies,
    listen: (connection: Connection) => Listener,
  ) {
    this.#socket = socket;
    this.#raw = raw;
    this.#deps = deps;
    this.#heardAt = deps.clock.now();
    this.#listener = listen(this);
    socket.connection = this;
  }

  /** Someone else listens from now on. */
  handTo(listener: Listener): void {
    this.#listener = listener;
  }

  get congested(): boolean {
    return this.#state.kind === "congested";
  }

  get open(): boolean {
    return this.#state.kind !== "closing";
  }

  send(frame: Buffer): void {
    if (!this.open) return;
    const { limits, queued, endOfTurn, clock } = this.#deps;
    // What was written in an earlier turn. Only who has not taken that is slow: the acknowledgements of one turn may be many.
    const behindBytes = this.#raw.writableLength;
    if (behindBytes > 0 && queued.full) {
      this.terminate();
      return;
    }
    if (this.#unsent) this.#unsent.push(frame);
    else {
      this.#unsent = [frame];
      endOfTurn(() => this.#flush());
    }
    this.#unsentBytes += frame.length;
    const queuedBytes = this.#unsentBytes + behindBytes;
    if (this.#state.kind === "congested") {
      if (behindBytes > 0 && queuedBytes > limits.socketQueueBytes)
        this.close(closeCodes.tryLater, "unavailable");
    } else if (queuedBytes > limits.socketQueueBytes * congestedShare) {
      this.#state = { kind: "congested", since: clock.now() };
      this.#socket.pause();
    }
  }

  close(code: number, reason: string): void {
    if (!this.open) return;
    this.ended();
    this.#flush();
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  fail(error: unknown): void {
    const expected = error instanceof ProblemError;
    if (!expected) this.#deps.log.error({ event: "socket_failed", error });
    const { kind, code } = expected ? error : new ProblemError("unavailable");
    this.close(kind.closeCode ?? closeCodes.notAuthenticated, code);
  }

  terminate(): void {
    this.ended();
    this.#socket.terminate();
    // At once: by the next event one cut off would not have made room, and everybody behind would be cut off with it.
    this.#count(0);
  }

  /** Called about once a second. Pings the silent, gives up on the dead and the hopelessly slow. */
  checkPulse(): void {
    const now = this.#deps.clock.now();
    if (this.#heard) this.#heardAt = now;
    this.#heard = false;
    const { heartbeatMs } = this.#deps.limits;
    const silentMs = now - this.#heardAt;
    if (this.#state.kind === "closing") {
      if (now - this.#state.since >= closePatienceMs) this.#socket.terminate();
    } else if (this.#state.kind === "congested") {
      if (now - this.#state.since >= heartbeatMs) this.close(closeCodes.tryLater, "unavailable");
    } else if (silentMs >= 2 * heartbeatMs) this.terminate();
    else if (silentMs >= heartbeatMs) this.#socket.ping();
  }

  received(data: RawData, isBinary: boolean): void {
    this.heard();
    if (!this.open) return;
    if (isBinary) this.close(closeCodes.badFrame, "request_invalid");
    else this.#tell(String(data));
  }

  #tell(text: string): void {
    try {
      this.#listener.text(text);
    } catch (error) {
      // Out of here it would end the process, and with it everybody else's connection.
      this.fail(error);
    }
  }

  pinged(): void {
    this.heard();
    if (this.open) this.#listener.pinged();
  }

  heard(): void {
    this.#heard = true;
  }

  gone(): void {
    this.ended();
    this.#count(0);
    this.#deps.gone(this);
  }

  #count(bytes: number): void {
    this.#deps.queued.changed(bytes - this.#countedBytes);
    this.#countedBytes = bytes;
  }

  /**
   * Past the library's own sender, which writes each frame by itself: without compression that is all it does, and
   * nothing of it can wait there and be overtaken.
   */
  #flush(): void {
    const frames = this.#unsent;
    if (frames === null) return;
    this.#unsent = null;
    this.#unsentBytes = 0;
    const [first] = frames;
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#raw.write(frames.length === 1 ? first : Buffer.concat(frames), () => this.#written());
    this.#count(this.#raw.writableLength);
  }

  /** Not the stream's `drain`: that knows its own limit alone, which may be higher than ours. */
  #written(): void {
    if (!this.#raw.destroyed) this.#count(this.#raw.writableLength);
    if (this.#state.kind !== "congested") return;
    // Slow is not stalled: who takes something now and then is waited for.
    this.#state = { kind: "congested", since: this.#deps.clock.now() };
    if (this.#unsentBytes + this.#raw.writableLength > 0) return;
    this.#state = openState;
    this.#socket.resume();
    this.#listener.drained();
  }

  /** At the first sign of its end. */
  ended(): void {
    if (this.#state.kind === "closing") return;
    this.#state = { kind: "closing", since: this.#deps.clock.now() };
    this.#listener.closed();
  }
}
