/** The pieces that the transitions of the session machine are put together from. */

import type { TokenReason } from "../../auth/auth-provider.ts";
import type { AssertedIdentity, BridgeError, LoginResult } from "../../bridge/messages.ts";
import { sessionOf } from "./claims.ts";
import type {
  Failure,
  Session,
  SessionEffect,
  SessionMachine,
  SessionState,
  SessionStep,
  StateOf,
} from "./session-state.ts";

/** `condition && effect` says an effect that is only sometimes wanted. */
type Maybe = SessionEffect | false | null;

const isWanted = (effect: Maybe): effect is SessionEffect => Boolean(effect);

export const stay = (machine: SessionMachine, ...effects: readonly Maybe[]): SessionStep => ({
  machine,
  effects: effects.filter(isWanted),
});

export const to = (machine: SessionMachine, state: SessionState, ...effects: readonly Maybe[]): SessionStep =>
  stay({ ...machine, state }, ...effects);

/** Something new is awaited, or nothing any more: answers to whatever was awaited before are stale from here on. */
export const renumbered = (machine: SessionMachine): SessionMachine => ({
  ...machine,
  generation: machine.generation + 1,
});

export function entering(
  machine: SessionMachine,
  state: StateOf<"opening" | "open" | "dormant">,
  ...before: readonly Maybe[]
): SessionStep {
  const next = renumbered(machine);
  const { generation } = next;
  // The session of a dormant state is over: there is nothing to renew.
  const previous = state.kind === "dormant" ? null : sessionOf(state);
  return to(next, state, ...before, { t: "enter", generation, claim: state.claim, previous });
}

/** Asks the host for a token. */
export function ask(
  machine: SessionMachine,
  state: SessionState,
  reason: TokenReason,
  ...before: readonly Maybe[]
): SessionStep {
  const next = renumbered(machine);
  return to(next, state, ...before, { t: "tokenWanted", ask: next.generation, reason });
}

/** The same person, under the claim that the page still makes. */
export const reopen = (
  machine: SessionMachine,
  dormant: StateOf<"dormant">,
  ...before: readonly Maybe[]
): SessionStep => entering(machine, { ...dormant, step: "reopening" }, ...before);

export const answer = (requests: readonly number[], value: LoginResult | null): SessionEffect[] =>
  requests.map((request) => ({ t: "result", request, ok: true, value }));

const bare = ({ code, message, retryable }: Failure): BridgeError => ({ code, message, retryable });

export const decline = (requests: readonly number[], failure: Failure): SessionEffect[] =>
  requests.map((request) => ({ t: "result", request, ok: false, error: bare(failure) }));

export const reported = (failure: Failure, claim: AssertedIdentity): SessionEffect => ({
  t: claim ? "authError" : "error",
  error: bare(failure),
});

/** The requests of an opening that something else takes the place of. */
export const declineSuperseded = (state: SessionState): SessionEffect[] =>
  state.kind === "opening"
    ? decline(state.requests, {
        code: "identity_changed",
        message: "Another login or logout followed before this one was answered.",
        retryable: false,
        retryAfterMs: null,
      })
    : [];

/** The end of a session on purpose: its conversation is gone before anything else happens. */
export const dismiss = (session: Session): Maybe[] => [
  { t: "tearDown" },
  { t: "forget" },
  { t: "revoke", session },
  { t: "announce", contactId: session.contact.id },
  session.contact.verified && { t: "loggedOut", reason: "switch" },
];
