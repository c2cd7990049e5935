/** What comes back: a session, a refusal, or a token that the host was asked for. */

import type { AssertedIdentity } from "../../bridge/messages.ts";
import { askReason, contactOf, freshTokenMayHelp, loginResult, sameClaim, sessionOf } from "./claims.ts";
import { endedElsewhere, lapsed } from "./session-endings.ts";
import type {
  EventOf,
  Failure,
  Session,
  SessionContext,
  SessionEffect,
  SessionMachine,
  SessionStep,
  StateOf,
} from "./session-state.ts";
import { answer, ask, awaiting, decline, dismiss, post, stay, tearDown, to } from "./steps.ts";

/** A page that keeps handing out tokens which the server refuses is not asked again: it would go on for ever. */
const refusalLimit = 5;

export function entered(machine: SessionMachine, event: EventOf<"entered">): SessionStep {
  const { state, generation } = machine;
  const { session, claim } = event;
  // Opened for a login that another login or a logout has overtaken: nobody will use it, so nobody shall be able to.
  if (event.generation !== generation || state.kind === "visitor" || state.kind === "loggedOut")
    return stay(machine, { kind: "revoke", session });
  const before = sessionOf(state);
  return to(
    { ...machine, refusals: 0 },
    // A session that came back by itself has to be used before the next one does: no endless chain of idle sessions.
    { kind: "open", claim, session, acted: state.kind !== "dormant", step: "none" },
    ...(before && !sameConversation(before, session) ? succeed(before) : []),
    { kind: "adopt", claim, session },
    ...(session.contact.verified && state.kind !== "open"
      ? [post({ t: "authenticated", contact: contactOf(session) })]
      : []),
    ...(state.kind === "opening" ? answer(state.requests, loginResult(session)) : []),
  );
}

const sameConversation = (a: Session, b: Session): boolean =>
  a.contact.id === b.contact.id && a.conversation.id === b.conversation.id;

const succeed = (before: Session): SessionEffect[] => [
  tearDown,
  { kind: "revoke", session: before },
  ...(before.contact.verified ? [post({ t: "loggedOut", reason: "switch" })] : []),
];

export function refused(
  machine: SessionMachine,
  event: EventOf<"refused">,
  context: SessionContext,
): SessionStep {
  if (event.generation !== machine.generation) return stay(machine);
  const { failure } = event;
  const counted = freshTokenMayHelp(failure.code) ? { ...machine, refusals: machine.refusals + 1 } : machine;
  const { state } = counted;
  switch (state.kind) {
    case "opening":
      return openingRefused(counted, state, failure);
    case "open":
      return renewalRefused(counted, state, failure, context);
    case "dormant":
      return reopeningRefused(counted, state, failure);
    default:
      return stay(counted);
  }
}

function openingRefused(machine: SessionMachine, state: StateOf<"opening">, failure: Failure): SessionStep {
  const { claim, previous } = state;
  if (failure.code === "identity_changed" && previous) return switched(machine, state, previous);
  if (claim && state.by !== "login" && worthAsking(machine, failure))
    return ask(machine, { ...state, refusal: failure }, askReason(failure.code));
  return failed(machine, state, failure);
}

/** The claim is somebody else's: what was hidden is gone for good, and the way is free. */
function switched(machine: SessionMachine, state: StateOf<"opening">, previous: Session): SessionStep {
  return awaiting(machine, { ...state, previous: null }, (generation) => [
    ...dismiss(previous),
    { kind: "enter", generation, claim: state.claim, previous: null },
  ]);
}

function renewalRefused(
  machine: SessionMachine,
  state: StateOf<"open">,
  failure: Failure,
  context: SessionContext,
): SessionStep {
  switch (failure.code) {
    case "identity_changed": {
      // The page's newest word is another identity.
      const { claim, session } = state;
      const opening = {
        kind: "opening",
        by: "customer",
        requests: [],
        refusal: null,
        previous: null,
      } as const;
      return awaiting(machine, { ...opening, claim }, (generation) => [
        ...dismiss(session),
        post({ t: "authenticating" }),
        { kind: "enter", generation, claim, previous: null },
      ]);
    }
    case "session_revoked":
      return endedElsewhere(machine);
    case "session_expired":
    case "session_missing":
      return lapsed(to(machine, { ...state, step: "none" }).machine, context);
    default:
      // It lives until it expires; then the page is asked again.
      return to(machine, { ...state, step: "none" }, ...reported(failure, state.claim));
  }
}

function reopeningRefused(machine: SessionMachine, state: StateOf<"dormant">, failure: Failure): SessionStep {
  const { claim, session } = state;
  if (claim && freshTokenMayHelp(failure.code)) {
    if (worthAsking(machine, failure))
      return ask(machine, state, askReason(failure.code), ...reported(failure, claim));
    return to(
      machine,
      { kind: "expired", claim, session },
      ...reported(failure, claim),
      post({ t: "tokenExpired" }),
    );
  }
  if (failure.retryable)
    return to(machine, { ...state, step: "failed" }, { kind: "retryLater", afterMs: failure.retryAfterMs });
  return to(machine, { kind: "failed", claim, previous: session, failure }, ...reported(failure, claim));
}

export function tokenGiven(machine: SessionMachine, { ask: asked, identity }: EventOf<"token">): SessionStep {
  const { state, generation } = machine;
  if (asked !== generation) return stay(machine);
  switch (state.kind) {
    case "opening":
      if (!state.refusal) return stay(machine);
      if (!identity || sameClaim(identity, state.claim)) return failed(machine, state, state.refusal);
      return awaiting(machine, { ...state, claim: identity, refusal: null }, (next) => [
        { kind: "enter", generation: next, claim: identity, previous: state.previous },
      ]);
    case "open":
      if (state.step !== "renewing") return stay(machine);
      if (!identity) return to(machine, { ...state, step: "none" });
      return awaiting(machine, { ...state, claim: identity }, (next) => [
        { kind: "renew", generation: next, claim: identity, session: state.session },
      ]);
    case "dormant":
      if (!identity || sameClaim(identity, state.claim))
        return to(
          machine,
          { kind: "expired", claim: state.claim, session: state.session },
          post({ t: "tokenExpired" }),
        );
      return awaiting(machine, { ...state, claim: identity }, (next) => [
        { kind: "enter", generation: next, claim: identity, previous: null },
      ]);
    default:
      return stay(machine);
  }
}

function failed(machine: SessionMachine, state: StateOf<"opening">, failure: Failure): SessionStep {
  const { claim, previous } = state;
  // The page was told the first time; what is tried again by itself is not worth an event each time.
  const quiet = state.by === "retry" && failure.retryable;
  return to(
    machine,
    { kind: "failed", claim, previous, failure },
    ...(quiet ? [] : reported(failure, claim)),
    ...decline(state.requests, failure),
    ...(failure.retryable ? [{ kind: "retryLater", afterMs: failure.retryAfterMs } as const] : []),
  );
}

const worthAsking = ({ refusals }: SessionMachine, { code }: Failure): boolean =>
  freshTokenMayHelp(code) && refusals < refusalLimit;

function reported({ code, message, retryable }: Failure, claim: AssertedIdentity): SessionEffect[] {
  return [post({ t: claim ? "authError" : "error", error: { code, message, retryable } })];
}
