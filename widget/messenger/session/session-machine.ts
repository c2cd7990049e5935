/**
 * Who is here, as a pure state machine. The iframe identity rule in one place: a signed-in session lives only while this
 * page asserts its identity, the last call wins, and nothing of one identity is shown or sent under another.
 *
 * Here: what the page and the customer do. `session-answers.ts`: what comes back; `session-endings.ts`: how sessions end.
 */

import type { AssertedIdentity } from "../../bridge/messages.ts";
import { claimOf, loginResult, sameClaim, sessionOf } from "./claims.ts";
import { entered, refused, tokenGiven } from "./session-answers.ts";
import { checked, doubted, elsewhere, endedElsewhere, expiring, lapsed } from "./session-endings.ts";
import type {
  EventOf,
  SessionContext,
  SessionEvent,
  SessionMachine,
  SessionStep,
  StateOf,
} from "./session-state.ts";
import {
  answer,
  ask,
  awaiting,
  declineSuperseded,
  disconnect,
  dismiss,
  post,
  reopen,
  stay,
  tearDown,
  to,
} from "./steps.ts";

export const atStart: SessionMachine = { generation: 0, refusals: 0, state: { kind: "visitor" } };

export function nextSession(
  machine: SessionMachine,
  event: SessionEvent,
  context: SessionContext,
): SessionStep {
  switch (event.kind) {
    case "start":
      return started(machine, event);
    case "login":
      return login(machine, event);
    case "logout":
      return logout(machine, event);
    case "wanted":
      return wanted(machine, context);
    case "acted":
      return acted(machine);
    case "retry":
      return retried(machine);
    case "entered":
      return entered(machine, event);
    case "refused":
      return refused(machine, event, context);
    case "token":
      return tokenGiven(machine, event);
    case "expiring":
      return expiring(machine, event);
    case "lapsed":
      return lapsed(machine, context);
    case "revoked":
      return endedElsewhere(machine);
    case "doubted":
      return doubted(machine);
    case "checked":
      return checked(machine, event, context);
    case "elsewhere":
      return elsewhere(machine, event);
  }
}

function started(machine: SessionMachine, { identity, request }: EventOf<"start">): SessionStep {
  if (identity) return begin(machine, identity, "start", [request]);
  // A visitor's page: whoever was signed in in this tab before is not here any more.
  return stay(machine, { kind: "endSignedIn" }, ...answer([request], null));
}

function login(machine: SessionMachine, { identity, request }: EventOf<"login">): SessionStep {
  const { state } = machine;
  const fresh = { ...machine, refusals: 0 };
  if (sameClaim(claimOf(state), identity)) {
    if (state.kind === "open") return stay(fresh, ...answer([request], loginResult(state.session)));
    if (state.kind === "opening" && !state.refusal)
      return to(fresh, { ...state, requests: [...state.requests, request] });
  }
  return begin(fresh, identity, "login", [request]);
}

/**
 * A new claim. What was shown is hidden at once and its connection cut, before anyone knows whether it is the same
 * person: should it be, it comes back; should it not be, nothing of one was seen or sent under the other.
 */
function begin(
  machine: SessionMachine,
  claim: AssertedIdentity,
  by: StateOf<"opening">["by"],
  requests: readonly number[],
): SessionStep {
  const { state } = machine;
  const held = sessionOf(state);
  const previous = held?.contact.verified && claim ? held : null;
  return awaiting(
    machine,
    { kind: "opening", claim, by, previous, requests, refusal: null },
    (generation) => [
      ...declineSuperseded(state),
      ...(previous ? [disconnect] : held ? dismiss(held) : [tearDown]),
      ...(claim ? [post({ t: "authenticating" })] : []),
      { kind: "enter", generation, claim, previous },
    ],
  );
}

function logout(machine: SessionMachine, { everywhere, request }: EventOf<"logout">): SessionStep {
  const { state } = machine;
  const session = sessionOf(state);
  return awaiting({ ...machine, refusals: 0 }, { kind: "loggedOut" }, () => [
    ...declineSuperseded(state),
    tearDown,
    ...(session ? [{ kind: "announce", contactId: session.contact.id } as const] : []),
    ...(session || claimOf(state) ? [post({ t: "loggedOut", reason: "logout" })] : []),
    { kind: "signOut", session, everywhere, request },
  ]);
}

function wanted(machine: SessionMachine, { signInRequired }: SessionContext): SessionStep {
  const { state } = machine;
  switch (state.kind) {
    case "visitor":
    case "loggedOut":
      return signInRequired ? stay(machine) : begin(machine, null, "customer", []);
    case "expired":
      // The page may have got a token since, without telling.
      return ask(
        machine,
        { kind: "dormant", claim: state.claim, session: state.session, step: "reopening" },
        "expired",
      );
    case "failed":
      return state.failure.retryable ? retried(machine) : stay(machine);
    default:
      return acted(machine);
  }
}

function acted(machine: SessionMachine): SessionStep {
  const { state } = machine;
  if (state.kind === "open" && !state.acted) return to(machine, { ...state, acted: true });
  if (state.kind === "dormant" && state.step !== "reopening") return reopen(machine, state);
  return stay(machine);
}

function retried(machine: SessionMachine): SessionStep {
  const { state } = machine;
  if (state.kind === "dormant" && state.step === "failed") return reopen(machine, state);
  if (state.kind !== "failed") return stay(machine);
  const { claim, previous } = state;
  return awaiting(
    machine,
    { kind: "opening", claim, by: "retry", previous, requests: [], refusal: null },
    (generation) => [{ kind: "enter", generation, claim, previous }],
  );
}
