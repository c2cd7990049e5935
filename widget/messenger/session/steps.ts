/** The pieces that the transitions of the session machine are put together from. */

import type { TokenReason } from "../../auth/auth-provider.ts";
import type { FrameMessage, LoginResult } from "../../bridge/messages.ts";
import type {
  Failure,
  Session,
  SessionEffect,
  SessionMachine,
  SessionState,
  SessionStep,
  StateOf,
} from "./session-state.ts";

export const stay = (machine: SessionMachine, ...effects: readonly SessionEffect[]): SessionStep => ({
  machine,
  effects,
});

export const to = (
  machine: SessionMachine,
  state: SessionState,
  ...effects: readonly SessionEffect[]
): SessionStep => ({ machine: { ...machine, state }, effects });

/** Something new is awaited: answers to whatever was awaited before are stale from here on. */
export function awaiting(
  machine: SessionMachine,
  state: SessionState,
  effects: (generation: number) => readonly SessionEffect[],
): SessionStep {
  const generation = machine.generation + 1;
  return { machine: { ...machine, generation, state }, effects: effects(generation) };
}

/** Asks the host for a token; the number of the question is the generation. */
export const ask = (
  machine: SessionMachine,
  state: SessionState,
  reason: TokenReason,
  ...before: readonly SessionEffect[]
): SessionStep =>
  awaiting(machine, state, (generation) => [...before, { kind: "ask", ask: generation, reason }]);

/** The same person, under the claim that the page still makes. */
export const reopen = (
  machine: SessionMachine,
  dormant: StateOf<"dormant">,
  ...before: readonly SessionEffect[]
): SessionStep =>
  awaiting(machine, { ...dormant, step: "reopening" }, (generation) => [
    ...before,
    { kind: "enter", generation, claim: dormant.claim, previous: null },
  ]);

export const post = (message: FrameMessage): SessionEffect => ({ kind: "post", message });

export const answer = (requests: readonly number[], value: LoginResult | null): SessionEffect[] =>
  requests.map((request) => post({ t: "result", request, ok: true, value }));

export const decline = (
  requests: readonly number[],
  { code, message, retryable }: Failure,
): SessionEffect[] =>
  requests.map((request) => post({ t: "result", request, ok: false, error: { code, message, retryable } }));

export const superseded: Failure = {
  code: "identity_changed",
  message: "Another login or logout followed before this one was answered.",
  retryable: false,
  retryAfterMs: null,
};

/** The requests of an opening that something else takes the place of. */
export const declineSuperseded = (state: SessionState): SessionEffect[] =>
  state.kind === "opening" ? decline(state.requests, superseded) : [];

export const tearDown: SessionEffect = { kind: "tearDown" };
export const forget: SessionEffect = { kind: "forget" };
export const disconnect: SessionEffect = { kind: "disconnect" };

/** The end of a session on purpose: its conversation is gone before anything else happens. */
export const dismiss = (session: Session): SessionEffect[] => [
  tearDown,
  forget,
  { kind: "revoke", session },
  { kind: "announce", contactId: session.contact.id },
  ...(session.contact.verified ? [post({ t: "loggedOut", reason: "switch" })] : []),
];
