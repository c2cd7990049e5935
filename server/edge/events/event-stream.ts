import type { Clock } from "../../../shared/clock.ts";
import type { Limits } from "../../../shared/limits.ts";
import { ProblemError } from "../../../shared/problem-error.ts";
import { closeCodes } from "../../../shared/protocol.ts";
import type { Log } from "../../observability/log.ts";
import type { QueuedBytes } from "../load/queued-bytes.ts";
import type { EndOfTurn } from "../websocket/end-of-turn.ts";
import type { Listener, Outlet } from "../websocket/outlet.ts";
import { closeEvent, comment, dataEvent } from "./event-text.ts";

export interface EventStreamDependencies {
  readonly limits: Pick<Limits, "heartbeatMs" | "socketQueueBytes">;
  readonly clock: Clock;
  readonly endOfTurn: EndOfTurn;
  readonly queued: QueuedBytes;
  readonly log: Log;
}

/** A stream that is over with the first thing to tell, and in any case after a while: a long poll. */
export interface Poll {
  /** Milliseconds. */
  readonly lastsMs: number;
  /** Whether this frame tells the client something that it waits for. */
  isNews(frame: Buffer): boolean;
}

/**
 * How often something is written into a quiet stream, in milliseconds: well below the idle times of proxies, and below the
 * client's patience after it has woken up. Below its heartbeat as well: the next sign of life is the answer to its ping.
 */
const commentMs = (heartbeatMs: number): number => Math.min(4000, heartbeatMs / 2);

/** What the store can give again waits there beyond this share of the queue; the rest is for what can't be read again. */
const congestedShare = 1 / 4;

type State =
  | { readonly kind: "open" }
  /** `since`: the peer last took something. */
  | { readonly kind: "congested"; readonly since: number }
  /** The last of it is on its way. */
  | { readonly kind: "over"; readonly since: number };

/** What there is of the answer below its stream: Node's `ServerResponse`. */
export interface Response {
  /** Its end has been told already. */
  readonly closed: boolean;
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** A closing peer that does not take the rest, in milliseconds. */
const closePatienceMs = 5000;

/** One answer that goes on and on (`text/event-stream`): its queue, its pulse and its end. */
export class EventStream implements Outlet {
  readonly body: ReadableStream<Uint8Array>;
  readonly #deps: EventStreamDependencies;
  readonly #poll: Poll | null;
  readonly #startedAt: number;
  readonly #response: Response;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #listener: Listener | null = null;
  /** Events of this turn. */
  #unsent: Buffer[] = [comment];
  #unsentBytes = comment.length;
  /** As last told to the node's count. */
  #countedBytes = 0;
  #state: State = { kind: "open" };
  #writtenAt: number;

  /**
   * @param poll null: it lasts as long as both sides live
   */
  constructor(deps: EventStreamDependencies, poll: Poll | null, response: Response) {
    this.#deps = deps;
    this.#poll = poll;
    this.#response = response;
    this.#startedAt = this.#writtenAt = deps.clock.now();
    this.body = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#taken(),
        cancel: () => this.#end(),
      },
      { highWaterMark: deps.limits.socketQueueBytes, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    response.once("close", () => this.#end());
    deps.endOfTurn(this.#flush);
  }

  /** From now on it is told what happens; at once, where the stream is over already. */
  serve(listener: Listener): void {
    if (this.open) this.#listener = listener;
    else listener.closed();
  }

  get open(): boolean {
    return this.#state.kind !== "over";
  }

  get congested(): boolean {
    return this.#state.kind === "congested";
  }

  send(frame: Buffer): void {
    if (!this.open) return;
    // What was written in an earlier turn still waits, and nobody's queue may grow any more.
    if (this.#deps.queued.full && this.#queuedBytes > 0) {
      this.terminate();
      return;
    }
    this.#write(dataEvent(frame));
    const { socketQueueBytes } = this.#deps.limits;
    const bytes = this.#unsentBytes + this.#queuedBytes;
    if (this.#state.kind === "congested") {
      // Never for one frame that is larger than the whole queue: it would be so again after each resuming.
      if (bytes > socketQueueBytes) this.close(closeCodes.tryLater, "unavailable");
    } else if (bytes > socketQueueBytes * congestedShare)
      this.#state = { kind: "congested", since: this.#deps.clock.now() };
    if (this.#poll?.isNews(frame)) this.#deps.endOfTurn(() => this.finish());
  }

  close(code: number, reason: string): void {
    if (!this.open) return;
    this.#write(closeEvent(code, reason));
    this.finish();
  }

  fail(error: unknown): void {
    const expected = error instanceof ProblemError;
    if (!expected) this.#deps.log.error({ event: "event_stream_failed", error });
    const { kind, code } = expected ? error : new ProblemError("unavailable");
    this.close(kind.closeCode ?? closeCodes.notAuthenticated, code);
  }

  /** Everything has been told for now; the client asks again. */
  finish(): void {
    if (!this.open) return;
    this.#flush();
    this.#controller.close();
    this.#end();
  }

  /** Cuts it, whatever waits. */
  terminate(): void {
    if (!this.open) return;
    this.#end();
    this.#response.destroy();
  }

  /** Called about once a second. */
  checkPulse(): void {
    const now = this.#deps.clock.now();
    if (this.#state.kind === "over") {
      if (now - this.#state.since >= closePatienceMs) this.#response.destroy();
    } else if (this.#state.kind === "congested") {
      if (now - this.#state.since >= this.#deps.limits.heartbeatMs)
        this.close(closeCodes.tryLater, "unavailable");
    } else if (this.#poll) {
      if (now - this.#startedAt >= this.#poll.lastsMs) this.finish();
    } else if (now - this.#writtenAt >= commentMs(this.#deps.limits.heartbeatMs) && this.#queuedBytes === 0)
      this.#write(comment);
  }

  #write(event: Buffer): void {
    if (this.#unsent.push(event) === 1) this.#deps.endOfTurn(this.#flush);
    this.#unsentBytes += event.length;
  }

  get #queuedBytes(): number {
    return this.#deps.limits.socketQueueBytes - (this.#controller.desiredSize ?? 0);
  }

  readonly #flush = (): void => {
    const events = this.#unsent;
    if (!this.open || events.length === 0) return;
    this.#unsent = [];
    this.#unsentBytes = 0;
    this.#writtenAt = this.#deps.clock.now();
    this.#controller.enqueue(Buffer.concat(events));
    this.#count(this.#queuedBytes);
  };

  /** The peer has taken something, or has room for more. */
  #taken(): void {
    if (!this.open) return;
    this.#count(this.#queuedBytes);
    if (this.#state.kind !== "congested") return;
    // Slow is not stalled: who takes something now and then is waited for.
    this.#state = { kind: "congested", since: this.#deps.clock.now() };
    if (this.#unsentBytes + this.#queuedBytes > 0) return;
    this.#state = { kind: "open" };
    this.#listener?.drained();
  }

  #count(bytes: number): void {
    this.#deps.queued.changed(bytes - this.#countedBytes);
    this.#countedBytes = bytes;
  }

  #end(): void {
    if (!this.open) return;
    this.#state = { kind: "over", since: this.#deps.clock.now() };
    this.#count(0);
    this.#listener?.closed();
    this.#listener = null;
  }
}
