/** What the engine needs of a browser, handed in: tests turn the clock and answer the network by hand. */

import type { Clock } from "../../shared/clock.ts";
import type { Companies } from "./model/company.ts";

/** Runs once after `ms` milliseconds. @returns cancels; harmless once it has run */
export type After = (ms: number, run: () => void) => () => void;

/** Texts that outlive the page. Never throws. */
export interface KeyValue {
  get(key: string): string | null;
  /** null: removes it. */
  set(key: string, value: string | null): void;
}

export interface SocketHandlers {
  opened(): void;
  text(data: string): void;
  /** Exactly once, also where the socket never opened. @param reason a problem's code where the server closed it */
  closed(code: number, reason: string): void;
}

export interface Socket {
  send(text: string): void;
  close(): void;
}

/** `overtaken` by another window of this frame; what else went wrong is named as the customer is told of it. */
export type SignInOutcome = { readonly ticket: string } | "signInFailed" | "popupBlocked" | "overtaken";

/** Call in answer to a gesture. Never rejects, and never settles where the customer just closes the window. */
export type SignInWindow = (deploymentId: string) => Promise<SignInOutcome>;

export type OpenSocket = (handlers: SocketHandlers) => Socket;

/** Makes sockets that get through where WebSockets may not; the same function for the same surroundings. */
export type DetourOf = (
  surroundings: Pick<Surroundings, "fetch" | "after" | "openSocket" | "visible">,
) => OpenSocket;

/** A contact has logged out, or gave way to another. `at`: when the page said so, by this device's clock, which all tabs share. */
export interface Departure {
  readonly contactId: string;
  readonly at: number;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly after: After;
  /** In [0, 1). */
  readonly random: () => number;
  readonly uuid: () => string;
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly openSocket: OpenSocket;
  /** Loaded where sockets fail. Rejects where it can't be. */
  readonly loadDetour: () => Promise<DetourOf>;
  /** A text's fingerprint: SHA-256, or something that equals no other where the browser has no WebCrypto (plain http). */
  readonly fingerprint: (text: string) => Promise<string>;
  /** Whether the browser believes it has a network. */
  readonly online: () => boolean;
  /** Whether the page that shows the frame can be seen. */
  readonly visible: () => boolean;
  /** Lives as long as the tab. */
  readonly tabStorage: KeyValue;
  /** Lives until it is wiped. */
  readonly storage: KeyValue;
  /** From now on `tabStorage` and `storage` keep nothing that outlives the frame. */
  readonly forget: () => void;
  /** The deployment's own sign-in window; loaded where the deployment has one. Never rejects. */
  readonly loadSignInWindow: () => Promise<SignInWindow>;
  /** Storage for words and the other tabs; loaded where there is a session. Rejects where it can't be. */
  readonly loadCompanies: () => Promise<Companies>;
  /** Wipes what waits of an owner, as `outbox/words.ts` names it. Never rejects. */
  readonly wipeWords: (owner: string) => Promise<void>;
  /** To the frames of the same origin in other tabs. */
  readonly broadcast: {
    post(departure: Departure): void;
    listen(handler: (departure: Departure) => void): void;
  };
}
