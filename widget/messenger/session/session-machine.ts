/**
 * Who is here, as a pure state machine. The iframe identity rule in one place: a signed-in session lives only while this
 * page asserts its identity, the last call wins, and nothing of one identity is shown or sent under another.
 *
 * Here: what the page, the customer and time do. `attempts.ts`: the ways to a session.
 */

import type { LogoutReason } from "../../bridge/messages.ts";
import type { HandoverChoice } from "../model/messenger-model.ts";
import type { EndScope } from "../transport/api.ts";
import {
  answer,
  askInTime,
  awaiting,
  enter,
  enterAgain,
  entered,
  openPhase,
  refused,
  startPhase,
  tokenGiven,
} from "./attempts.ts";
import { type Claim, sameClaim } from "./claims.ts";
import {
  type Attempt,
  type EventOf,
  isOpen,
  isShown,
  isSteppingUp,
  isVisitors,
  nobody,
  questionOf,
  type SessionContext,
  type SessionEvent,
  type SessionState,
  type SessionStep,
} from "./session-state.ts";

type Move<Event> = (state: SessionState, event: Event, context: SessionContext) => SessionStep;

/** A row for each event. */
const moves: { readonly [Type in SessionEvent["t"]]: Move<EventOf<Type>> } = {
  entered,
  refused,
  token: tokenGiven,
  start: (state, { identity, request }, context) =>
    identity
      ? begin(state, identity, { request }, context)
      : // A visitor's page: whoever was signed in in this tab before is not here any more.
        [state, { t: "endSignedIn", words: "kept" }],
  login(state, { identity, request }, context) {
    const { attempt, session, phase } = state;
    const fresh = { ...state, refusals: 0 };
    if (sameClaim(state.claim, identity)) {
      if (session && isOpen(state) && attempt.awaits === "nothing") return [fresh, answer(request, session)];
      if (attempt.awaits === "answer" || (phase.kind === "opening" && attempt.awaits === "session"))
        return [{ ...fresh, attempt: { ...attempt, request } }];
    }
    return begin(fresh, identity, { by: "login", request }, context);
  },
  signIn: (state, _, { stepUp, hasWords }) =>
    // Before the window opens: the ticket that it brings does not live as long as a customer may think.
    stepUp === "ask" && hasWords && isVisitors(state)
      ? [{ ...state, handover: "asked" }]
      : [state, { t: "openSignIn", take: null }],
  ticket(state, { signInTicket, take }, context) {
    const attempt = { by: "ticket", claimBefore: isShown(state) ? state.claim : null } as const;
    const fresh = { ...state, refusals: 0 };
    const claim = { signInTicket };
    return take && isVisitors(state)
      ? answered({ ...fresh, claim }, attempt, take)
      : begin(fresh, claim, attempt, context);
  },
  decided(state, { take }) {
    const { attempt } = state;
    const question = questionOf(state);
    if (question === "beforeSignIn")
      return [
        { ...state, handover: "none" },
        { t: "openSignIn", take },
      ];
    if (question === "signingIn") return answered(state, attempt, take);
    if (!question) return [state];
    // Signed in already: the session gives way to one that is opened with the conversation.
    return take === "along"
      ? enter({ ...state, handover: "granted", life: "over" }, {}, { t: "disconnect" })
      : [{ ...state, handover: "none" }, { t: "endVisitor" }];
  },
  putOff: (state) =>
    state.handover === "asked" ? [{ ...state, handover: "none" }] : [state, { t: "closeRequested" }],
  logout: (state, asked) => leave(state, "logout", asked),
  left: (state) =>
    state.session || state.claim
      ? leave(state, "expired")
      : [state, { t: "signOut", scope: "", request: null }],
  // One who steps up is here whatever becomes of the visitor's session, which ends with it.
  revoked: (state) =>
    state.phase.kind === "open" && !isSteppingUp(state) ? leave(state, "elsewhere") : [state],
  elsewhere: (state, { contactId }) =>
    // Whose session is being opened is not known before it is: the keeper asks again then.
    state.phase.kind !== "opening" && state.session?.contact.id === contactId && !isSteppingUp(state)
      ? leave(state, "elsewhere")
      : [state],
  wanted(state, event, context) {
    const { phase } = state;
    if (phase.kind === "idle" || phase.kind === "loggedOut")
      return context.signInRequired ? [state] : begin(state, null, {}, context);
    // The page may have got a token since it was last asked, without telling.
    if (phase.kind === "expired" || (phase.kind === "failed" && phase.retryable)) return enterAgain(state);
    return moves.acted(state, { ...event, t: "acted" }, context);
  },
  acted(state) {
    const { phase, life, attempt } = state;
    if (phase.kind !== "open") return [state];
    if (life !== "over") return [{ ...state, life: "used" }];
    return attempt.awaits === "nothing" || attempt.awaits === "retry" ? enterAgain(state) : [state];
  },
  retry: (state) =>
    state.phase.kind === "failed" || state.attempt.awaits === "retry" ? enterAgain(state) : [state],
  /**
   * Only the absolute expiry is worth a token: a customer who does nothing lets the session go, and one who does moves the
   * idle expiry by doing so. Both times are the server's, so that this device's clock has no say.
   */
  expiring: (state, { expiresAt }) =>
    isOpen(state) &&
    state.claim &&
    state.attempt.awaits === "nothing" &&
    expiresAt === state.session?.absoluteExpiresAt
      ? state.session.silentRenewal
        ? enter(state, { by: "silence" })
        : askInTime(state, expiresAt)
      : [state],
  expired(state, _, { visible }) {
    if (!isOpen(state)) return [state];
    const over: SessionState = { ...state, life: "over" };
    // What is under way may still bring a session.
    return state.life === "used" && visible && state.attempt.awaits === "nothing"
      ? enterAgain(over, { t: "disconnect" })
      : [over, { t: "disconnect" }];
  },
};

export const atStart = ({ signInRequired }: Pick<SessionContext, "signInRequired">): SessionState =>
  nobody(startPhase(signInRequired), 0);

export const nextSession = (state: SessionState, event: SessionEvent, context: SessionContext): SessionStep =>
  (moves[event.t] as Move<SessionEvent>)(state, event, context);

/**
 * A new claim. What was shown is hidden at once and its connection cut, before anyone knows whether it is the same
 * person: should it be, it comes back; should it not be, nothing of one was seen or sent under the other.
 *
 * A visitor's conversation is another matter. Nobody but the person in front of this panel has written in it, so it stays in
 * sight while they sign in, cut off, and what becomes of it is the deployment's policy or their own answer.
 */
function begin(
  before: SessionState,
  claim: Claim,
  attempt: Partial<Attempt>,
  context: SessionContext,
): SessionStep {
  const { session, handover } = before;
  const { stepUp, hasWords, visible } = context;
  const state = { ...before, claim };
  if (claim && session?.contact.verified)
    return signingIn(
      { ...state, phase: opening, handover: handover === "none" ? handover : "later" },
      attempt,
    );
  // Not where a handover is under way: it may have been carried out, and then the conversation is somebody's.
  const isFree = before.attempt.awaits !== "session";
  // What this browser has stored may be worth taking along; what is in memory can be seen to be.
  const isWorth = claim && stepUp !== "never" && (session ? hasWords && isFree : true);
  const next = { ...state, handover: isWorth ? decisions[stepUp] : "none" } as const;
  if (!isWorth || !session || (stepUp === "ask" && !visible))
    return signingIn({ ...next, phase: opening }, attempt);
  const shown = { ...next, phase: openPhase(session) };
  return stepUp === "always"
    ? signingIn(shown, attempt)
    : awaiting(shown, { ...attempt, awaits: "answer" }, { t: "disconnect" });
}

/** The conversation in sight comes along, or is hidden while the customer signs in without it. */
const answered = (state: SessionState, attempt: Partial<Attempt>, take: HandoverChoice): SessionStep =>
  take === "along"
    ? signingIn({ ...state, handover: "granted" }, attempt)
    : signingIn({ ...state, handover: "none", phase: opening }, attempt);

const decisions = { always: "granted", ask: "later", never: "none" } as const;

const opening = { kind: "opening" } as const;

const signingIn = (state: SessionState, attempt: Partial<Attempt>): SessionStep =>
  enter(
    state,
    attempt,
    { t: state.session ? "disconnect" : "tearDown" },
    state.claim && { t: "authenticating" },
  );

/** Nobody is here any more: asked for on this page, or done in another tab, on another device, or by the server. */
function leave(state: SessionState, reason: LogoutReason, asked?: EventOf<"logout">): SessionStep {
  const { session, claim, generation } = state;
  return [
    nobody({ kind: "loggedOut", canSignIn: false }, generation + 1),
    { t: "tearDown" },
    (session || claim) && { t: "loggedOut", reason },
    { t: "signOut", scope: scopeOf(asked), request: asked?.request ?? null },
  ];
}

const scopeOf = (asked?: EventOf<"logout">): EndScope =>
  asked?.atProvider
    ? asked.everywhere
      ? "everywhere=true&atProvider=true"
      : "atProvider=true"
    : asked?.everywhere
      ? "everywhere=true"
      : "";
