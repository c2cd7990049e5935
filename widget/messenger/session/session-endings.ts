/** How sessions come to their end: by time, by a logout elsewhere, or by a doubt that turns out to be right. */

import { sessionOf } from "./claims.ts";
import type { EventOf, SessionContext, SessionMachine, SessionStep } from "./session-state.ts";
import { ask, awaiting, disconnect, forget, post, reopen, stay, tearDown, to } from "./steps.ts";

/**
 * Only the absolute expiry is worth a token: a customer who does nothing lets the session go, and one who does moves the
 * idle expiry by doing so. Both times are the server's, so that this device's clock has no say.
 */
export function expiring(machine: SessionMachine, { expiresAt }: EventOf<"expiring">): SessionStep {
  const { state } = machine;
  if (state.kind !== "open" || state.step !== "none" || !state.claim) return stay(machine);
  if (expiresAt !== state.session.absoluteExpiresAt) return stay(machine);
  return ask(machine, { ...state, step: "renewing" }, "expiring", post({ t: "tokenExpiring", expiresAt }));
}

export function lapsed(machine: SessionMachine, { visible }: SessionContext): SessionStep {
  const { state } = machine;
  if (state.kind !== "open") return stay(machine);
  const { claim, session } = state;
  // What is under way may still bring a session; its answer is awaited rather than made stale.
  if (state.step === "renewing")
    return to(machine, { kind: "dormant", claim, session, step: "reopening" }, disconnect);
  const dormant = { kind: "dormant", claim, session, step: "none" } as const;
  return state.acted && visible
    ? reopen(machine, dormant, disconnect)
    : awaiting(machine, dormant, () => [disconnect]);
}

/** Logged out in another tab, on another device, or by the server. */
export function endedElsewhere(machine: SessionMachine): SessionStep {
  const session = sessionOf(machine.state);
  if (!session) return stay(machine);
  return awaiting(machine, { kind: "loggedOut" }, () => [
    tearDown,
    forget,
    ...(session.contact.verified ? [post({ t: "loggedOut", reason: "elsewhere" })] : []),
  ]);
}

export function elsewhere(machine: SessionMachine, { contactId }: EventOf<"elsewhere">): SessionStep {
  const { state } = machine;
  const session = sessionOf(state);
  // An opening is a newer word of this page than what the other tab did; its own session is not affected.
  if (state.kind === "opening" || session?.contact.id !== contactId) return stay(machine);
  const step = endedElsewhere(machine);
  return { ...step, effects: [...step.effects, { kind: "revoke", session }] };
}

export function doubted(machine: SessionMachine): SessionStep {
  const { state } = machine;
  if (state.kind !== "open") return stay(machine);
  const { claim, session } = state;
  if (state.step === "renewing")
    return to(machine, { kind: "dormant", claim, session, step: "reopening" }, disconnect);
  return awaiting(machine, { ...state, step: "checking" }, (generation) => [
    { kind: "check", generation, session },
  ]);
}

export function checked(
  machine: SessionMachine,
  { generation, outcome }: EventOf<"checked">,
  context: SessionContext,
): SessionStep {
  const { state } = machine;
  if (generation !== machine.generation || state.kind !== "open") return stay(machine);
  const settled = { ...machine, state: { ...state, step: "none" } as const };
  switch (outcome) {
    case "alive":
      return stay(settled, { kind: "reconnect" });
    case "lapsed":
      return lapsed(settled, context);
    case "revoked":
      return endedElsewhere(settled);
  }
}
