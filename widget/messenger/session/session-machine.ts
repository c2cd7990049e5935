/**
 * Who is here, as a pure state machine. The iframe identity rule in one place: a signed-in session lives only while this
 * page asserts its identity, the last call wins, and nothing of one identity is shown or sent under another.
 *
 * Here: what the page, the customer and time do. `attempts.ts`: the ways to a session.
 */

import type { AssertedIdentity, LogoutReason } from "../../bridge/messages.ts";
import { answer, awaiting, enter, enterAgain, entered, refused, tokenGiven } from "./attempts.ts";
import { sameClaim } from "./claims.ts";
import {
  type Attempt,
  type EventOf,
  isOpen,
  nobody,
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
  start: (state, { identity, request }) =>
    identity
      ? begin(state, identity, { request })
      : // A visitor's page: whoever was signed in in this tab before is not here any more.
        [state, { t: "endSignedIn" }],
  login(state, { identity, request }) {
    const { attempt, session, phase } = state;
    const fresh = { ...state, refusals: 0 };
    if (sameClaim(state.claim, identity)) {
      if (session && isOpen(state) && attempt.awaits === "nothing") return [fresh, answer(request, session)];
      if (phase.kind === "opening" && attempt.awaits === "session")
        return [{ ...fresh, attempt: { ...attempt, request } }];
    }
    return begin(fresh, identity, { by: "login", request });
  },
  logout: (state, asked) => leave(state, "logout", asked),
  revoked: (state) => (state.phase.kind === "open" ? leave(state, "elsewhere") : [state]),
  elsewhere: (state, { contactId }) =>
    // An opening is a newer word of this page than what the other tab did; its own session is not affected.
    state.phase.kind !== "opening" && state.session?.contact.id === contactId
      ? leave(state, "elsewhere")
      : [state],
  wanted(state, event, context) {
    const { phase } = state;
    if (phase.kind === "idle" || phase.kind === "loggedOut")
      return context.signInRequired ? [state] : begin(state, null, {});
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
      ? awaiting(
          state,
          { awaits: "token" },
          { t: "tokenExpiring", expiresAt },
          { t: "ask", reason: "expiring" },
        )
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
  nobody(signInRequired ? { kind: "signInRequired", canSignIn: false } : { kind: "idle" }, 0);

export const nextSession = (state: SessionState, event: SessionEvent, context: SessionContext): SessionStep =>
  (moves[event.t] as Move<SessionEvent>)(state, event, context);

/**
 * A new claim. What was shown is hidden at once and its connection cut, before anyone knows whether it is the same
 * person: should it be, it comes back; should it not be, nothing of one was seen or sent under the other.
 */
const begin = (state: SessionState, claim: AssertedIdentity, attempt: Partial<Attempt>): SessionStep =>
  enter(
    { ...state, claim, phase: { kind: "opening" } },
    attempt,
    { t: state.session ? "disconnect" : "tearDown" },
    claim && { t: "authenticating" },
  );

/** Nobody is here any more: asked for on this page, or done in another tab, on another device, or by the server. */
function leave(state: SessionState, reason: LogoutReason, asked?: EventOf<"logout">): SessionStep {
  const { session, claim, generation } = state;
  return [
    nobody({ kind: "loggedOut", canSignIn: false }, generation + 1),
    { t: "tearDown" },
    asked && session ? { t: "announce", contactId: session.contact.id } : null,
    (session || claim) && { t: "loggedOut", reason },
    { t: "signOut", scope: asked?.everywhere ? "everywhere" : "here", request: asked?.request ?? null },
  ];
}
