/**
 * Who is here, as a pure state machine. The iframe identity rule in one place: a signed-in session lives only while this
 * page asserts its identity, the last call wins, and nothing of one identity is shown or sent under another.
 *
 * Here: what the page and the customer do. `session-answers.ts`: what comes back; `session-endings.ts`: how sessions end.
 */

import type { AssertedIdentity } from "../../bridge/messages.ts";
import { claimOf, loginResult, sameClaim, sessionOf } from "./claims.ts";
import { entered, refused, tokenGiven } from "./session-answers.ts";
import { alive, doubted, elsewhere, endedElsewhere, expired, expiring } from "./session-endings.ts";
import type {
  EventOf,
  SessionContext,
  SessionEvent,
  SessionMachine,
  SessionStep,
  StateOf,
} from "./session-state.ts";
import { answer, ask, declineSuperseded, dismiss, entering, renumbered, reopen, stay, to } from "./steps.ts";

export const atStart: SessionMachine = { generation: 0, refusals: 0, state: { kind: "visitor" } };

export function nextSession(
  machine: SessionMachine,
  event: SessionEvent,
  context: SessionContext,
): SessionStep {
  switch (event.t) {
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
      return refused(machine, event);
    case "token":
      return tokenGiven(machine, event);
    case "expiring":
      return expiring(machine, event);
    case "expired":
      return expired(machine, context);
    case "revoked":
      return endedElsewhere(machine);
    case "doubted":
      return doubted(machine, context);
    case "alive":
      return alive(machine);
    case "elsewhere":
      return elsewhere(machine, event);
  }
}

function started(machine: SessionMachine, { identity, request }: EventOf<"start">): SessionStep {
  if (identity) return begin(machine, identity, "start", [request]);
  // A visitor's page: whoever was signed in in this tab before is not here any more.
  return stay(machine, { t: "endSignedIn" }, ...answer([request], null));
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
  const held = sessionOf(machine.state);
  const previous = held?.contact.verified && claim ? held : null;
  return entering(
    machine,
    { kind: "opening", claim, by, previous, requests, refusal: null },
    ...declineSuperseded(machine.state),
    ...(held && !previous ? dismiss(held) : []),
    { t: previous ? "disconnect" : "tearDown" },
    claim && { t: "authenticating" },
  );
}

function logout(machine: SessionMachine, { everywhere, request }: EventOf<"logout">): SessionStep {
  const { state } = machine;
  const session = sessionOf(state);
  return to(
    { ...renumbered(machine), refusals: 0 },
    { kind: "loggedOut" },
    ...declineSuperseded(state),
    { t: "tearDown" },
    session && { t: "announce", contactId: session.contact.id },
    (session || claimOf(state)) && { t: "loggedOut", reason: "logout" },
    { t: "signOut", session, everywhere, request },
  );
}

function wanted(machine: SessionMachine, { signInRequired }: SessionContext): SessionStep {
  const { state } = machine;
  switch (state.kind) {
    case "visitor":
    case "loggedOut":
      return signInRequired ? stay(machine) : begin(machine, null, "customer", []);
    case "failed":
      return state.failure.retryable ? retried(machine) : stay(machine);
    default:
      // The page may have got a token since it was last asked, without telling.
      return state.kind === "dormant" && state.step === "refused"
        ? ask(machine, { ...state, step: "reopening" }, "expired")
        : acted(machine);
  }
}

function acted(machine: SessionMachine): SessionStep {
  const { state } = machine;
  if (state.kind === "open" && !state.acted) return to(machine, { ...state, acted: true });
  if (state.kind === "dormant" && (state.step === "resting" || state.step === "failed"))
    return reopen(machine, state);
  return stay(machine);
}

function retried(machine: SessionMachine): SessionStep {
  const { state } = machine;
  if (state.kind === "dormant" && state.step === "failed") return reopen(machine, state);
  if (state.kind !== "failed") return stay(machine);
  const { claim, previous } = state;
  return entering(machine, { kind: "opening", claim, by: "retry", previous, requests: [], refusal: null });
}
