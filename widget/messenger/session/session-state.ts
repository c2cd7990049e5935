/** What the frame knows of who is here: the states, what can happen, and what is to be done. `session-machine.ts` decides. */

import type { OpenedSession, Timestamp } from "../../../shared/protocol.ts";
import type { AssertedIdentity, BridgeError, FrameMessage, HostMessage } from "../../bridge/messages.ts";

export type Session = OpenedSession;

export interface Failure extends BridgeError {
  /** How long the server asks to wait; null where it did not say. */
  readonly retryAfterMs: number | null;
}

export type SessionState =
  /** Nobody asserted, and no conversation wanted yet. */
  | { readonly kind: "visitor" }
  | { readonly kind: "loggedOut" }
  /**
   * `previous` is a session whose token may be renewed and whose conversation is hidden until it is clear whose it is.
   * `requests`: the host waits for these. `refusal`: why the last token was refused, while the host is asked for another.
   */
  | {
      readonly kind: "opening";
      readonly claim: AssertedIdentity;
      readonly by: "start" | "login" | "customer" | "retry";
      readonly previous: Session | null;
      readonly requests: readonly number[];
      readonly refusal: Failure | null;
    }
  /** `acted`: the customer did something since it was opened. `step`: what is under way beside. */
  | {
      readonly kind: "open";
      readonly claim: AssertedIdentity;
      readonly session: Session;
      readonly acted: boolean;
      readonly step: "none" | "renewing" | "checking";
    }
  /**
   * Expired. `resting`: the page still vouches for the customer, and the session is opened again when the customer acts.
   * `failed`: that did not work and is tried again. `refused`: the page had no token that the server would take.
   */
  | {
      readonly kind: "dormant";
      readonly claim: AssertedIdentity;
      readonly session: Session;
      readonly step: "resting" | "reopening" | "failed" | "refused";
    }
  | {
      readonly kind: "failed";
      readonly claim: AssertedIdentity;
      readonly previous: Session | null;
      readonly failure: Failure;
    };

/**
 * `generation` numbers whatever is awaited (an opening, a check, a token asked for); one thing at a time is, and an answer
 * with another number is stale. `refusals`: tokens refused in a row.
 */
export interface SessionMachine {
  readonly generation: number;
  readonly refusals: number;
  readonly state: SessionState;
}

export type SessionEvent =
  /** The host's own words. */
  | Extract<HostMessage, { t: "login" | "logout" }>
  | Pick<Extract<HostMessage, { t: "start" }>, "t" | "identity" | "request">
  | Pick<Extract<HostMessage, { t: "token" }>, "t" | "identity" | "ask">
  /** The panel was opened. */
  | { readonly t: "wanted" }
  /** The customer did something in the messenger. */
  | { readonly t: "acted" }
  /** Time, the network or the customer says: try again what failed. */
  | { readonly t: "retry" }
  | {
      readonly t: "entered";
      readonly generation: number;
      readonly claim: AssertedIdentity;
      readonly session: Session;
    }
  | { readonly t: "refused"; readonly generation: number; readonly failure: Failure }
  | { readonly t: "expiring"; readonly expiresAt: Timestamp }
  | { readonly t: "expired" }
  | { readonly t: "revoked" }
  /** The server closed the connection as not authenticated and did not say why. */
  | { readonly t: "doubted" }
  /** … and the session is good after all. */
  | { readonly t: "alive" }
  /** Another tab of this browser logged this contact out. */
  | { readonly t: "elsewhere"; readonly contactId: string };

export type SessionEffect =
  /** To the host, as it is. The number of a `tokenWanted` is the generation. */
  | FrameMessage
  /** Renew `previous`, resume a stored session or open one, whatever leads to a session of this claim. */
  | {
      readonly t: "enter";
      readonly generation: number;
      readonly claim: AssertedIdentity;
      readonly previous: Session | null;
    }
  /** Ask the server whether this session is good; the answer is `alive`, `expired` or `revoked`. */
  | { readonly t: "check"; readonly generation: number; readonly session: Session }
  /** This session is the one now: store it, show its conversation, connect. */
  | { readonly t: "adopt"; readonly claim: AssertedIdentity; readonly session: Session }
  | { readonly t: "disconnect" }
  | { readonly t: "reconnect" }
  /** Throw away, now, all that is known of the present contact: connection, messages, draft, outbox. */
  | { readonly t: "tearDown" }
  /** Wipe stored sessions. */
  | { readonly t: "forget" }
  /** End and wipe a stored session of whoever was signed in in this tab before. */
  | { readonly t: "endSignedIn" }
  /** End a session on the server. What follows waits for it. */
  | { readonly t: "revoke"; readonly session: Session }
  /** End and wipe this session and any stored one, then answer the host. */
  | {
      readonly t: "signOut";
      readonly session: Session | null;
      readonly everywhere: boolean;
      readonly request: number;
    }
  /** Tell the other tabs. */
  | { readonly t: "announce"; readonly contactId: string }
  | { readonly t: "retryLater"; readonly afterMs: number | null };

export interface SessionStep {
  readonly machine: SessionMachine;
  readonly effects: readonly SessionEffect[];
}

export interface SessionContext {
  /** The deployment is for signed-in customers only. */
  readonly signInRequired: boolean;
  /** The panel is open and its page can be seen. */
  readonly visible: boolean;
}

export type EventOf<Type extends SessionEvent["t"]> = Extract<SessionEvent, { t: Type }>;
export type StateOf<Kind extends SessionState["kind"]> = Extract<SessionState, { kind: Kind }>;
