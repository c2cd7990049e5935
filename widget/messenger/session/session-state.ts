/** What the frame knows of who is here: the state, what can happen, and what is to be done. `session-machine.ts` decides. */

import type { OpenedSession, Timestamp } from "../../../shared/protocol.ts";
import type { TokenReason } from "../../auth/auth-provider.ts";
import type { AssertedIdentity, FrameMessage, HostMessage } from "../../bridge/messages.ts";
import type { SessionPhase } from "../model/messenger-model.ts";
import type { EndScope, Failure } from "../transport/api.ts";

export type Session = OpenedSession;

export interface SessionState {
  /**
   * What the interface shows. `open` also while an expired session rests, as long as it may open again. `canSignIn` is the
   * page's affair and filled in by the engine.
   */
  readonly phase: SessionPhase;
  /** The page's newest word on who is here; null: a visitor, or nobody. */
  readonly claim: AssertedIdentity;
  /** Whose conversation is in memory. It is hidden while it is open whose it is, and while nothing could be opened. */
  readonly session: Session | null;
  /**
   * Of that session: `unused` came back by itself, and the customer has done nothing since; `over` has expired. No endless
   * chain of idle sessions: one that came back by itself has to be used before the next one does.
   */
  readonly life: "unused" | "used" | "over";
  readonly attempt: Attempt;
  /** Numbers the attempts and the questions: an answer with another number is stale. */
  readonly generation: number;
  /** Tokens refused in a row. */
  readonly refusals: number;
}

/** What is under way to get a session for the claim. */
export interface Attempt {
  /** After `login` the host is not asked for another token; what is tried again by itself (`retry`) is not reported again. */
  readonly by: "page" | "login" | "retry";
  readonly awaits: "nothing" | "session" | "token" | "retry";
  /** The host waits for its answer, in the phase `opening`. */
  readonly request: number | null;
  /** Why the last token was refused; null where the host is asked in good time. */
  readonly refusal: Failure | null;
}

export type SessionEvent =
  /** The host's own words. */
  | Extract<HostMessage, { t: "login" | "logout" | "token" }>
  | Pick<Extract<HostMessage, { t: "start" }>, "t" | "identity" | "request">
  /** The panel was opened. */
  | { readonly t: "wanted" }
  /** The customer did something in the messenger. */
  | { readonly t: "acted" }
  /** Time, the network or the customer says: try again what failed. */
  | { readonly t: "retry" }
  /** What became of the newest attempt. */
  | ({ readonly t: "entered" } & Entered)
  | { readonly t: "refused"; readonly failure: Failure }
  | { readonly t: "expiring"; readonly expiresAt: Timestamp }
  | { readonly t: "expired" }
  | { readonly t: "revoked" }
  /** Another tab of this browser logged this contact out. */
  | { readonly t: "elsewhere"; readonly contactId: string };

export interface Entered {
  readonly session: Session;
  /** Fingerprint of the claim that it was opened or renewed with. */
  readonly claimHash: string;
}

export type SessionEffect =
  /** To the host, as it is. */
  | FrameMessage
  /** Ask the host for a token. The answer is `token`, with this generation. */
  | { readonly t: "ask"; readonly reason: TokenReason }
  /** Resume, renew or open, whatever leads to a session of the claim. The answer is `entered` or `refused`. */
  | { readonly t: "enter" }
  /** This session is the one now: store it, show its conversation, connect. */
  | ({ readonly t: "adopt" } & Entered)
  | { readonly t: "disconnect" }
  /** Throw away, now, all that is known of the present contact: connection, messages, draft, outbox. */
  | { readonly t: "tearDown" }
  /** End and wipe the stored session of whoever was signed in in this tab. What is entered next waits for it. */
  | { readonly t: "endSignedIn" }
  /** End and wipe every stored session, then answer the host where it waits. */
  | { readonly t: "signOut"; readonly scope: EndScope; readonly request: number | null }
  /** Tell the other tabs. */
  | { readonly t: "announce"; readonly contactId: string }
  | { readonly t: "retryLater"; readonly afterMs: number | undefined };

/** `condition && effect` says an effect that is only sometimes wanted. */
export type Effects = readonly (SessionEffect | false | null)[];

export type SessionStep = readonly [state: SessionState, ...effects: Effects];

export interface SessionContext {
  /** The deployment is for signed-in customers only. */
  readonly signInRequired: boolean;
  /** The panel is open and its page can be seen. */
  readonly visible: boolean;
}

export type EventOf<Type extends SessionEvent["t"]> = Extract<SessionEvent, { t: Type }>;

export const idle: Attempt = { by: "page", awaits: "nothing", request: null, refusal: null };

export const nobody = (phase: SessionPhase, generation: number): SessionState => ({
  phase,
  claim: null,
  session: null,
  life: "used",
  attempt: idle,
  generation,
  refusals: 0,
});

/** Whether the session is good, as far as we know. */
export const isOpen = ({ phase, life }: SessionState): boolean => phase.kind === "open" && life !== "over";

/** Whether the conversation in memory may be seen and written to: also before there is a session, by whoever opens one. */
export const isShown = ({ phase, session }: SessionState): boolean =>
  "contact" in phase || (phase.kind === "opening" && !session);
