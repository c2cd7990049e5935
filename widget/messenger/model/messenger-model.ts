/**
 * What the user interface shows and can ask for: the seam between engine and interface. The engine implements it without
 * knowing who looks; the interface is loaded on the first open and reads signals only. One fact, one signal.
 */

import type { ReadonlySignal } from "@preact/signals-core";
import type { ErrorCode } from "../../../shared/problems.ts";
import type { DeploymentInfo, Message, Receipts } from "../../../shared/protocol.ts";
import type { AuthenticatedContact, HostSettings } from "../../bridge/messages.ts";

/** Whose conversation is on the screen, or why none is. */
export type SessionPhase =
  /** No session wanted yet (a visitor who has not opened the messenger). */
  | { readonly kind: "idle" }
  | { readonly kind: "opening" }
  | { readonly kind: "open"; readonly contact: AuthenticatedContact; readonly verified: boolean }
  /** The deployment is for signed-in customers and nobody is. `canSignIn`: the page offers a way. */
  | { readonly kind: "signInRequired"; readonly canSignIn: boolean }
  /** What was open has expired and the page has not given a new token yet; the conversation stays on the screen. */
  | { readonly kind: "expired"; readonly contact: AuthenticatedContact; readonly canSignIn: boolean }
  | { readonly kind: "loggedOut"; readonly canSignIn: boolean }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly retryable: boolean };

/** What the connection banner says; `live` shows none. */
export type LinkState =
  | { readonly kind: "live" }
  | { readonly kind: "connecting" }
  /** Lost; the next attempt is at `retryAt` (milliseconds since 1970-01-01 UTC). */
  | { readonly kind: "waiting"; readonly retryAt: number }
  | { readonly kind: "offline" };

/** `sent`: stored by the server; `delivered`/`read`: by an agent. Only one's own messages go through these. */
export type OwnStatus = "sending" | "sent" | "delivered" | "read" | "failed";

/** One line of the conversation: stored (`message`), or still in the outbox (`pending`). */
export type Entry =
  | {
      readonly kind: "message";
      readonly message: Message;
      readonly own: boolean;
      readonly status: OwnStatus | null;
    }
  | {
      readonly kind: "pending";
      readonly id: string;
      readonly text: string;
      readonly writtenAt: number;
      readonly status: "sending" | "failed";
      /** Why it failed; null while sending. */
      readonly code: ErrorCode | null;
      readonly retryable: boolean;
    };

/** Stored messages around the newest, without gaps, then the outbox in the order written. */
export interface Thread {
  readonly entries: readonly Entry[];
  /** Whether older messages exist on the server. */
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  readonly lastSeq: number;
  /** How far this customer has read. */
  readonly readSeq: number;
  readonly agent: Receipts;
}

export interface MessengerModel {
  readonly deployment: DeploymentInfo;
  readonly settings: ReadonlySignal<HostSettings>;
  readonly panelOpen: ReadonlySignal<boolean>;
  readonly session: ReadonlySignal<SessionPhase>;
  readonly link: ReadonlySignal<LinkState>;
  readonly thread: ReadonlySignal<Thread>;
  readonly unread: ReadonlySignal<number>;
  /** Agents who are writing now; null is an agent without a name. */
  readonly typing: ReadonlySignal<readonly (string | null)[]>;
  /** Text in the composer. It belongs to the identity that writes it and goes with it. */
  readonly draft: ReadonlySignal<string>;

  setDraft(text: string): void;
  /** Puts the text into the outbox and clears the draft. Checked before: `messageFault` of `shared/message.ts`. */
  send(text: string): void;
  /** Sends a failed message again under its old id. */
  retry(id: string): void;
  /** Takes a failed message out of the outbox. */
  discard(id: string): void;
  /** Reads the page before the oldest message shown. Does nothing where there is none or one is on its way. */
  loadOlder(): Promise<void>;
  /** The customer has seen everything up to `seq`. */
  markRead(seq: number): void;
  /** Opens the session again after a failure, or connects at once instead of waiting. */
  reconnect(): void;
  signIn(): void;
  close(): void;
}
