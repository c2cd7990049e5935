/** What the engine needs of a browser, handed in: tests turn the clock and answer the network by hand. */

import type { Clock } from "../../shared/clock.ts";

/** Runs once after `ms` milliseconds. @returns cancels; harmless once it has run */
export type After = (ms: number, run: () => void) => () => void;

/** The slice of Web Storage that is used. */
export type KeyValue = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface SocketHandlers {
  opened(): void;
  text(data: string): void;
  /** Exactly once, also where the socket never opened. */
  closed(code: number): void;
}

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly after: After;
  /** In [0, 1). */
  readonly random: () => number;
  readonly uuid: () => string;
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly openSocket: (handlers: SocketHandlers) => Socket;
  /** SHA-256 in lower-case hex; null where the browser has no WebCrypto (plain http). */
  readonly sha256: (text: string) => Promise<string | null>;
  /** Whether the browser believes it has a network. */
  readonly online: () => boolean;
  /** Whether the page that shows the frame can be seen. */
  readonly visible: () => boolean;
  /** Lives as long as the tab. */
  readonly tabStorage: KeyValue;
  /** Lives until it is wiped. */
  readonly storage: KeyValue;
  /** To the frames of the same origin in other tabs. */
  readonly broadcast: { post(message: unknown): void; listen(handler: (message: unknown) => void): void };
}
