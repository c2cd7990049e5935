/** What the frame knows of who is here: the states, what can happen, and what is to be done. `session-machine.ts` decides. */

import type { OpenedSession } from "../../../shared/protocol.ts";
import type { IdentityToken, TokenReason } from "../../auth/auth-provider.ts";
import type { AssertedIdentity, BridgeError, FrameMessage } from "../../bridge/messages.ts";

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
   * Expired while the page still vouches for the customer; opened again when the customer acts. `failed`: that did not work
   * and is tried again.
   */
  | {
      readonly kind: "dormant";
      readonly claim: AssertedIdentity;
      readonly session: Session;
      readonly step: "none" | "reopening" | "failed";
    }
  /** Expired, and the page had no token that the server would take. */
  | { readonly kind: "expired"; readonly claim: AssertedIdentity; readonly session: Session }
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
  | { readonly kind: "start"; readonly identity: AssertedIdentity; readonly request: number }
  | { readonly kind: "login"; readonly identity: IdentityToken; readonly request: number }
  | { readonly kind: "logout"; readonly everywhere: boolean; readonly request: number }
  /** The panel was opened. */
  | { readonly kind: "wanted" }
  /** The customer did something in the messenger. */
  | { readonly kind: "acted" }
  /** Time, the network or the customer says: try again what failed. */
  | { readonly kind: "retry" }
  | {
      readonly kind: "entered";
      readonly generation: number;
      readonly claim: AssertedIdentity;
      readonly session: Session;
    }
  | { readonly kind: "refused"; readonly generation: number; readonly failure: Failure }
  | { readonly kind: "token"; readonly ask: number; readonly identity: AssertedIdentity }
  | { readonly kind: "expiring"; readonly expiresAt: string }
  | { readonly kind: "lapsed" }
  | { readonly kind: "revoked" }
  /** The server closed the connection as not authenticated and did not say why. */
  | { readonly kind: "doubted" }
  | {
      readonly kind: "checked";
      readonly generation: number;
      readonly outcome: "alive" | "lapsed" | "revoked";
    }
  /** Another tab of this browser logged this contact out. */
  | { readonly kind: "elsewhere"; readonly contactId: string };

export type SessionEffect =
  | { readonly kind: "post"; readonly message: FrameMessage }
  /** Resume, renew or open, whatever leads to a session of this claim. */
  | {
      readonly kind: "enter";
      readonly generation: number;
      readonly claim: AssertedIdentity;
      readonly previous: Session | null;
    }
  /** Renew in place, and nothing else. */
  | {
      readonly kind: "renew";
      readonly generation: number;
      readonly claim: IdentityToken;
      readonly session: Session;
    }
  | { readonly kind: "check"; readonly generation: number; readonly session: Session }
  | { readonly kind: "ask"; readonly ask: number; readonly reason: TokenReason }
  /** This session is the one now: store it, show its conversation, connect. */
  | { readonly kind: "adopt"; readonly claim: AssertedIdentity; readonly session: Session }
  | { readonly kind: "disconnect" }
  | { readonly kind: "reconnect" }
  /** Throw away, now, all that is known of the present contact: connection, messages, draft, outbox. */
  | { readonly kind: "tearDown" }
  /** Wipe stored sessions. */
  | { readonly kind: "forget" }
  /** End and wipe a stored session of whoever was signed in in this tab before. */
  | { readonly kind: "endSignedIn" }
  /** End a session on the server. What follows waits for it. */
  | { readonly kind: "revoke"; readonly session: Session }
  /** End and wipe this session and any stored one, then answer the host. */
  | {
      readonly kind: "signOut";
      readonly session: Session | null;
      readonly everywhere: boolean;
      readonly request: number;
    }
  /** Tell the other tabs. */
  | { readonly kind: "announce"; readonly contactId: string }
  | { readonly kind: "retryLater"; readonly afterMs: number | null };

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

export type EventOf<Kind extends SessionEvent["kind"]> = Extract<SessionEvent, { kind: Kind }>;
export type StateOf<Kind extends SessionState["kind"]> = Extract<SessionState, { kind: Kind }>;
