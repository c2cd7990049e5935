import { ProblemError } from "../../../shared/problem-error.ts";

/** How long positions are gathered: of what comes by in that time, one receipt tells. */
const gatherMs = 200;
/** Until what could not be stored is told again. */
const againMs = 5000;

/**
 * Receipts for clients that tell nothing of deliveries themselves, as those that know the published frames alone: what was
 * written to their socket counts as delivered. One that says more about itself is believed instead, since it knows what arrived.
 */
export class Deliveries {
  /** By conversation. */
  readonly #reached = new Map<string, number>();
  readonly #mark: (conversationId: string, seq: number) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param mark may reject: it is asked again, unless there is no such conversation any more */
  constructor(mark: (conversationId: string, seq: number) => Promise<void>) {
    this.#mark = mark;
  }

  written(conversationId: string, seq: number): void {
    this.#remember(conversationId, seq, gatherMs);
  }

  /** The socket has gone: what is left is told at once, and once. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#tell();
  }

  #remember(conversationId: string, seq: number, tellInMs: number): void {
    this.#reached.set(conversationId, Math.max(seq, this.#reached.get(conversationId) ?? 0));
    this.#timer ??= setTimeout(() => this.#tell(), tellInMs);
  }

  #tell(): void {
    this.#timer = undefined;
    for (const [conversationId, seq] of this.#reached)
      this.#mark(conversationId, seq).catch((error: unknown) => {
        const isGone = error instanceof ProblemError && error.code === "not_found";
        if (!isGone && !this.#ended) this.#remember(conversationId, seq, againMs);
      });
    this.#reached.clear();
  }
}
