import type { SessionPhase } from "../model/messenger-model.ts";
import { contactOf } from "./claims.ts";
import type { SessionState } from "./session-state.ts";

export interface PhaseContext {
  readonly signInRequired: boolean;
  readonly canSignIn: boolean;
}

/** What the interface shows of a session. A dormant one looks open: it is opened again before its lack can be noticed. */
export function sessionPhase(state: SessionState, { signInRequired, canSignIn }: PhaseContext): SessionPhase {
  switch (state.kind) {
    case "visitor":
      return signInRequired ? { kind: "signInRequired", canSignIn } : { kind: "idle" };
    case "opening":
      return { kind: "opening" };
    case "open":
    case "dormant":
      return { kind: "open", contact: contactOf(state.session), verified: state.session.contact.verified };
    case "expired":
      return { kind: "expired", contact: contactOf(state.session), canSignIn };
    case "loggedOut":
      return { kind: "loggedOut", canSignIn };
    case "failed":
      return { kind: "failed", code: state.failure.code, retryable: state.failure.retryable };
  }
}

/** Whether the conversation in memory may be seen and written to. Not while it is open whose it is. */
export function isShown(state: SessionState): boolean {
  switch (state.kind) {
    case "open":
    case "dormant":
    case "expired":
      return true;
    case "opening":
      return state.previous === null;
    default:
      return false;
  }
}
