/**
 * What the user interface shows and can ask for: the seam between engine and interface. The engine implements it without
 * knowing who looks; the interface is loaded on the first open and reads signals only. One fact, one signal.
 */

import type { ReadonlySignal } from "@preact/signals-core";
import type { ErrorCode } from "../../../shared/problems.ts";
import type {
  Attachment,
  ConversationStatus,
  DeploymentInfo,
  Message,
  Receipts,
} from "../../../shared/protocol.ts";
import type { AuthenticatedContact, HostSettings } from "../../bridge/messages.ts";
import type { ConnectionState } from "../transport/connection.ts";

/** The visitor's conversation comes along with who signs in, or nothing of it. */
export type HandoverChoice = "along" | "nothing";

/**
 * When it is asked: before the messenger's own sign-in window opens, while the page waits for its sign-in, or of a customer
 * who was signed in while nobody could be asked.
 */
export type HandoverQuestion = "beforeSignIn" | "signingIn" | "signedIn";

/** Whose conversation is on the screen, or why none is. */
export type SessionPhase =
  /** No session wanted yet (a visitor who has not opened the messenger). */
  | { readonly kind: "idle" }
  | { readonly kind: "opening" }
  | {
      readonly kind: "open";
      readonly contact: AuthenticatedContact;
      readonly verified: boolean;
      /** The visitor who has become this customer, in the same conversation: its elements stay. */
      readonly steppedUpFrom?: string;
    }
  /** The deployment is for signed-in customers and nobody is. `canSignIn`: the page offers a way. */
  | { readonly kind: "signInRequired"; readonly canSignIn: boolean }
  /** What was open has expired and the page has not given a new token yet; the conversation stays on the screen. */
  | { readonly kind: "expired"; readonly contact: AuthenticatedContact; readonly canSignIn: boolean }
  | { readonly kind: "loggedOut"; readonly canSignIn: boolean }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly retryable: boolean };

export type Remark = "leftBehind" | "popupBlocked" | "signInFailed";

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
      /** Uploaded already; absent where there are none. */
      readonly attachments?: readonly Attachment[] | undefined;
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

export interface DeskNews {
  /** Whether anybody is there. */
  readonly online?: boolean;
  /** The conversation's, `open` where absent. */
  readonly state?: ConversationStatus;
}

export interface MessengerModel {
  readonly deployment: DeploymentInfo;
  readonly settings: ReadonlySignal<HostSettings>;
  readonly panelOpen: ReadonlySignal<boolean>;
  readonly session: ReadonlySignal<SessionPhase>;
  /** The connection, as it is. */
  readonly link: ReadonlySignal<ConnectionState>;
  readonly thread: ReadonlySignal<Thread>;
  readonly unread: ReadonlySignal<number>;
  /** Agents who are writing now; null is an agent without a name. */
  readonly typing: ReadonlySignal<readonly (string | null)[]>;
  /** What was last heard of those who answer; empty before that. */
  readonly desk: ReadonlySignal<DeskNews>;
  /** Whether “Sign in” leads anywhere: the page offers a way, or the deployment's own window is ready. */
  readonly canSignIn: ReadonlySignal<boolean>;
  /** Whether the visitor's conversation comes along; null: nothing is to be asked. */
  readonly question: ReadonlySignal<HandoverQuestion | null>;
  /** One line about the last sign-in, by key of the catalogue. */
  readonly remark: ReadonlySignal<Remark | null>;
  /** Text in the composer. It belongs to the identity that writes it and goes with it. */
  readonly draft: ReadonlySignal<string>;

  setDraft(text: string): void;
  /** Puts the text into the outbox and clears the draft; neither where a hundred wait already. Checked before: `messageFault` of `shared/message.ts`. */
  send(text: string, attachments?: readonly Attachment[]): void;
  /** Sends a failed message again under its old id. */
  retry(id: string): void;
  /** Takes a failed message out of the outbox. @returns whether it was one: what may still be sent stays */
  discard(id: string): boolean;
  /** Reads the page before the oldest message shown. Does nothing where there is none or one is on its way. */
  loadOlder(): Promise<void>;
  /** The customer has seen everything up to `seq`. */
  markRead(seq: number): void;
  /** Opens the session again after a failure, or connects at once instead of waiting. */
  reconnect(): void;
  signIn(): void;
  /** The customer has read the `remark`. */
  understood(): void;
  /** Answers the `question`. Call in answer to a gesture: a window may open. */
  decide(take: HandoverChoice): void;
  /** Does not answer it: nobody signs in; or, where somebody already does, the messenger closes and asks again later. */
  putOff(): void;
  /**
   * Asks the server as whoever is here, for what only some views need; path under `/api/v1`.
   * @returns null where nobody is here, the server can't be reached, or refuses
   */
  request(path: string, init?: RequestInit): Promise<object | null>;
  /** For what `request` is not made for, files on their way up and down: the session's token; empty where nobody is here. */
  token(): string;
  close(): void;
}
