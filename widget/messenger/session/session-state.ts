/** What the frame knows of who is here: the state, what can happen, and what is to be done. `session-machine.ts` decides. */

import type { OpenedSession, StepUp, Timestamp } from "../../../shared/protocol.ts";
import type { TokenReason } from "../../auth/auth-provider.ts";
import type { FrameMessage, HostMessage } from "../../bridge/messages.ts";
import type { HandoverChoice, HandoverQuestion, SessionPhase } from "../model/messenger-model.ts";
import type { EndScope, Failure } from "../transport/api.ts";
import type { Claim } from "./claims.ts";

export type Session = OpenedSession;

export interface SessionState {
  /**
   * What the interface shows. `open` also while an expired session rests, as long as it may open again. `canSignIn` is the
   * page's affair and filled in by the engine.
   */
  readonly phase: SessionPhase;
  /** The newest word on who is here; null: a visitor, or nobody. */
  readonly claim: Claim;
  /** Whose conversation is in memory. It is hidden while it is open whose it is, and while nothing could be opened. */
  readonly session: Session | null;
  /**
   * Of that session: `unused` came back by itself, and the customer has done nothing since; `over` has expired. No endless
   * chain of idle sessions: one that came back by itself has to be used before the next one does.
   */
  readonly life: "unused" | "used" | "over";
  /**
   * What becomes of the visitor's conversation of this browser when somebody signs in: `none` of it, and it is left; the
   * visitor, who is about to sign in, is `asked`; it waits for `later`, when the panel is opened and the customer can be
   * asked; `granted`: it is taken along.
   */
  readonly handover: "none" | "asked" | "later" | "granted";
  readonly attempt: Attempt;
  /** Numbers the attempts and the questions: an answer with another number is stale. */
  readonly generation: number;
  /** Tokens refused in a row. */
  readonly refusals: number;
}

/** What is under way to get a session for the claim. */
export interface Attempt {
  /**
   * After `login`, and after the frame's own sign-in window (`ticket`), the host is not asked for another token; what is
   * tried again by itself (`retry`), or renewed by what the server holds (`silence`), is not reported.
   */
  readonly by: "page" | "login" | "ticket" | "retry" | "silence";
  /** `answer`: the customer is asked whether the visitor's conversation comes along. */
  readonly awaits: "nothing" | "answer" | "session" | "token" | "retry";
  /** The host waits for its answer, in the phase `opening`. */
  readonly request: number | null;
  /** By `ticket`: whose the conversation in sight was, to go back to where the ticket opens nothing. */
  readonly claimBefore: Claim;
  /** Why the last token was refused; null where the host is asked in good time. */
  readonly refusal: Failure | null;
}

export type SessionEvent =
  /** The host's own words. */
  | Extract<HostMessage, { t: "login" | "logout" | "token" }>
  | Pick<Extract<HostMessage, { t: "start" }>, "t" | "identity" | "request">
  /** “Sign in” was pressed, and the frame's own window is the way. */
  | { readonly t: "signIn" }
  /** The frame's own sign-in window came back with a ticket. `take`: as it was answered before; null: nobody was asked. */
  | { readonly t: "ticket"; readonly signInTicket: string; readonly take: HandoverChoice | null }
  /** What the customer says to the visitor's conversation. */
  | { readonly t: "decided"; readonly take: HandoverChoice }
  /** The customer does not say. */
  | { readonly t: "putOff" }
  /** Nobody is at this shared device any more. */
  | { readonly t: "left" }
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
  /** Of the visitor's conversation: nothing was to be done; it waits; it was handed over; that was refused. */
  readonly handover: "none" | "later" | "done" | "refused";
  /** Of the visitor whose words come along, if any were kept. */
  readonly visitorId?: string | undefined;
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
  /** As `tearDown`, but what was written and is not stored yet, and the draft, go on in the conversation that follows. */
  | { readonly t: "carryOver" }
  /** As `tearDown`, but the same, of a visitor, is kept out of sight until it is clear whether it goes along. */
  | { readonly t: "setAside" }
  /** What was set aside goes on in the conversation that there is. */
  | { readonly t: "takeUp" }
  /** End and wipe the visitor's stored session, and what was set aside: the customer does not want the conversation. */
  | { readonly t: "endVisitor" }
  /** In this very turn: a browser opens windows in answer to a gesture only. The ticket comes with `take`. */
  | { readonly t: "openSignIn"; readonly take: HandoverChoice | null }
  /** The customer is told that the earlier messages stay behind. */
  | { readonly t: "leftBehind" }
  /**
   * End and wipe the stored session of whoever was signed in in this tab. What is entered next waits for it. `words` that
   * wait: `kept` where it may have expired before, as a session that expires leaves them to its customer.
   */
  | { readonly t: "endSignedIn"; readonly words: "kept" | "wiped" }
  /** End and wipe every stored session; where the host asked for it, tell the other tabs, and answer. */
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
  readonly stepUp: StepUp;
  /** Something stands, waits or is being written in the conversation in memory. */
  readonly hasWords: boolean;
  /** The panel is open and its page can be seen. */
  readonly visible: boolean;
}

export type EventOf<Type extends SessionEvent["t"]> = Extract<SessionEvent, { t: Type }>;

export const idle: Attempt = {
  by: "page",
  awaits: "nothing",
  request: null,
  claimBefore: null,
  refusal: null,
};

export const nobody = (phase: SessionPhase, generation: number): SessionState => ({
  phase,
  claim: null,
  session: null,
  life: "used",
  handover: "none",
  attempt: idle,
  generation,
  refusals: 0,
});

/** Whether the session is good, as far as we know. */
export const isOpen = ({ phase, life }: SessionState): boolean => phase.kind === "open" && life !== "over";

/** Whether a visitor's own conversation is in sight, and nobody signs in. */
export const isVisitors = ({ claim, session, phase }: SessionState): boolean =>
  !claim && !!session && phase.kind === "open";

/** Whether somebody signs in from a visitor's conversation, which is in sight until it is clear what becomes of it. */
export const isSteppingUp = ({ claim, session }: SessionState): boolean =>
  claim !== null && session?.contact.verified === false;

/** Whether, and when, the customer is to be asked if the visitor's conversation comes along. */
export function questionOf({ phase, handover, attempt }: SessionState): HandoverQuestion | null {
  if (attempt.awaits === "answer") return "signingIn";
  if (phase.kind !== "open") return null;
  // Whatever the visitor's own session is going through meanwhile.
  if (handover === "asked") return "beforeSignIn";
  return handover === "later" && attempt.awaits === "nothing" ? "signedIn" : null;
}

/** Whether the conversation in memory may be seen and written to: also before there is a session, by whoever opens one. */
export const isShown = ({ phase, session }: SessionState): boolean =>
  "contact" in phase || (phase.kind === "opening" && !session);
