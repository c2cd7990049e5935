/** How sessions come to their end: by time, by a logout elsewhere, or by a doubt that turns out to be right. */

import { sessionOf } from "./claims.ts";
import type { EventOf, SessionContext, SessionMachine, SessionStep } from "./session-state.ts";
import { ask, renumbered, reopen, stay, to } from "./steps.ts";

/**
 * Only the absolute expiry is worth a token: a customer who does nothing lets the session go, and one who does moves the
 * idle expiry by doing so. Both times are the server's, so that this device's clock has no say.
 */
export function expiring(machine: SessionMachine, { expiresAt }: EventOf<"expiring">): SessionStep {
  const { state } = machine;
  return state.kind === "open" &&
    state.step === "none" &&
    state.claim &&
    expiresAt === state.session.absoluteExpiresAt
    ? ask(machine, { ...state, step: "renewing" }, "expiring", { t: "tokenExpiring", expiresAt })
    : stay(machine);
}

export function expired(machine: SessionMachine, { visible }: SessionContext): SessionStep {
  const { state } = machine;
  if (state.kind !== "open") return stay(machine);
  const { claim, session, step, acted } = state;
  const dormant = { kind: "dormant", claim, session } as const;
  // What is under way may still bring a session; its answer is awaited rather than made stale.
  if (step === "renewing") return to(machine, { ...dormant, step: "reopening" }, { t: "disconnect" });
  const resting = { ...dormant, step: "resting" } as const;
  return acted && visible
    ? reopen(machine, resting, { t: "disconnect" })
    : to(renumbered(machine), resting, { t: "disconnect" });
}

/** Logged out in another tab, on another device, or by the server. */
export function endedElsewhere(machine: SessionMachine): SessionStep {
  const session = sessionOf(machine.state);
  if (!session) return stay(machine);
  return to(
    renumbered(machine),
    { kind: "loggedOut" },
    { t: "tearDown" },
    { t: "forget" },
    session.contact.verified && { t: "loggedOut", reason: "elsewhere" },
  );
}

export function elsewhere(machine: SessionMachine, { contactId }: EventOf<"elsewhere">): SessionStep {
  const { state } = machine;
  const session = sessionOf(state);
  // An opening is a newer word of this page than what the other tab did; its own session is not affected.
  if (state.kind === "opening" || session?.contact.id !== contactId) return stay(machine);
  const step = endedElsewhere(machine);
  return { ...step, effects: [...step.effects, { t: "revoke", session }] };
}

export function doubted(machine: SessionMachine, context: SessionContext): SessionStep {
  const { state } = machine;
  if (state.kind !== "open" || state.step === "renewing") return expired(machine, context);
  const next = renumbered(machine);
  const { generation } = next;
  return to(next, { ...state, step: "checking" }, { t: "check", generation, session: state.session });
}

export const alive = (machine: SessionMachine): SessionStep =>
  machine.state.kind === "open"
    ? to(machine, { ...machine.state, step: "none" }, { t: "reconnect" })
    : stay(machine);
