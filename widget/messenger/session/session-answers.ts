/** What comes back: a session, a refusal, or a token that the host was asked for. */

import { askReason, contactOf, freshTokenMayHelp, loginResult, sameClaim, sessionOf } from "./claims.ts";
import type { EventOf, Failure, Session, SessionMachine, SessionStep, StateOf } from "./session-state.ts";
import { answer, ask, decline, dismiss, entering, reported, stay, to } from "./steps.ts";

/** A page that keeps handing out tokens which the server refuses is not asked again: it would go on for ever. */
const refusalLimit = 5;

export function entered(machine: SessionMachine, event: EventOf<"entered">): SessionStep {
  const { state, generation } = machine;
  const { session, claim } = event;
  // Opened for a login that another login or a logout has overtaken: nobody will use it, so nobody shall be able to.
  if (event.generation !== generation) return stay(machine, { t: "revoke", session });
  const before = sessionOf(state);
  return to(
    { ...machine, refusals: 0 },
    // A session that came back by itself has to be used before the next one does: no endless chain of idle sessions.
    { kind: "open", claim, session, acted: state.kind !== "dormant", step: "none" },
    ...(before && !sameConversation(before, session) ? dismiss(before) : []),
    { t: "adopt", claim, session },
    session.contact.verified && state.kind !== "open" && { t: "authenticated", contact: contactOf(session) },
    ...(state.kind === "opening" ? answer(state.requests, loginResult(session)) : []),
  );
}

const sameConversation = (a: Session, b: Session): boolean =>
  a.contact.id === b.contact.id && a.conversation.id === b.conversation.id;

export function refused(machine: SessionMachine, { generation, failure }: EventOf<"refused">): SessionStep {
  if (generation !== machine.generation) return stay(machine);
  const refusals = machine.refusals + Number(freshTokenMayHelp(failure.code));
  const counted = { ...machine, refusals };
  const { state } = machine;
  switch (state.kind) {
    case "opening":
      return openingRefused(counted, state, failure);
    case "open":
      return renewalRefused(counted, state, failure);
    case "dormant":
      return reopeningRefused(counted, state, failure);
    default:
      return stay(counted);
  }
}

const worthAsking = ({ refusals }: SessionMachine, { code }: Failure): boolean =>
  freshTokenMayHelp(code) && refusals < refusalLimit;

function openingRefused(machine: SessionMachine, state: StateOf<"opening">, failure: Failure): SessionStep {
  const { claim, previous, by } = state;
  // The claim is somebody else's: what was hidden is gone for good, and the way is free.
  if (failure.code === "identity_changed" && previous)
    return entering(machine, { ...state, previous: null }, ...dismiss(previous));
  if (claim && by !== "login" && worthAsking(machine, failure))
    return ask(machine, { ...state, refusal: failure }, askReason(failure.code));
  return failed(machine, state, failure);
}

function renewalRefused(machine: SessionMachine, state: StateOf<"open">, failure: Failure): SessionStep {
  const { claim, session } = state;
  // The page's newest word is another identity.
  if (failure.code === "identity_changed")
    return entering(
      machine,
      { kind: "opening", claim, by: "customer", previous: null, requests: [], refusal: null },
      ...dismiss(session),
      { t: "authenticating" },
    );
  // It lives until it expires; then the page is asked again.
  return to(machine, { ...state, step: "none" }, reported(failure, claim));
}

function reopeningRefused(machine: SessionMachine, state: StateOf<"dormant">, failure: Failure): SessionStep {
  const { claim, session } = state;
  const report = reported(failure, claim);
  if (claim && freshTokenMayHelp(failure.code))
    return worthAsking(machine, failure)
      ? ask(machine, state, askReason(failure.code), report)
      : to(machine, { ...state, step: "refused" }, report, { t: "tokenExpired" });
  return failure.retryable
    ? to(machine, { ...state, step: "failed" }, { t: "retryLater", afterMs: failure.retryAfterMs })
    : to(machine, { kind: "failed", claim, previous: session, failure }, report);
}

export function tokenGiven(machine: SessionMachine, event: EventOf<"token">): SessionStep {
  const { state, generation } = machine;
  const { identity } = event;
  if (event.ask !== generation) return stay(machine);
  const fresh = identity && !sameClaim(identity, "claim" in state ? state.claim : null);
  switch (state.kind) {
    case "opening":
      if (!state.refusal) return stay(machine);
      return fresh
        ? entering(machine, { ...state, claim: identity, refusal: null })
        : failed(machine, state, state.refusal);
    case "open":
      if (state.step !== "renewing") return stay(machine);
      // The same token again is worth a try: it may be valid for longer than the session is.
      return identity
        ? entering(machine, { ...state, claim: identity })
        : to(machine, { ...state, step: "none" });
    case "dormant":
      return fresh
        ? entering(machine, { ...state, claim: identity })
        : to(machine, { ...state, step: "refused" }, { t: "tokenExpired" });
    default:
      return stay(machine);
  }
}

function failed(machine: SessionMachine, state: StateOf<"opening">, failure: Failure): SessionStep {
  const { claim, previous, by, requests } = state;
  const { retryable, retryAfterMs } = failure;
  return to(
    machine,
    { kind: "failed", claim, previous, failure },
    // The page was told the first time; what is tried again by itself is not worth an event each time.
    !(retryable && by === "retry") && reported(failure, claim),
    ...decline(requests, failure),
    retryable && { t: "retryLater", afterMs: retryAfterMs },
  );
}
