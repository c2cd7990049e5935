import type { SessionPhase } from "../model/messenger-model.ts";
import { contactOf } from "./claims.ts";
import type { SessionState } from "./session-state.ts";

export interface PhaseContext {
  readonly signInRequired: boolean;
  readonly canSignIn: boolean;
}

/** What the interface shows of a session. A dormant one looks open as long as it may open again. */
export function sessionPhase(state: SessionState, { signInRequired, canSignIn }: PhaseContext): SessionPhase {
  switch (state.kind) {
    case "visitor":
      return signInRequired ? { kind: "signInRequired", canSignIn } : { kind: "idle" };
    case "opening":
      return { kind: "opening" };
    case "open":
    case "dormant": {
      const contact = contactOf(state.session);
      return state.kind === "dormant" && state.step === "refused"
        ? { kind: "expired", contact, canSignIn }
        : { kind: "open", contact, verified: state.session.contact.verified };
    }
    case "loggedOut":
      return { kind: "loggedOut", canSignIn };
    case "failed":
      return { kind: "failed", code: state.failure.code, retryable: state.failure.retryable };
  }
}

/** Whether the conversation in memory may be seen and written to. Not while it is open whose it is. */
export const isShown = (state: SessionState): boolean =>
  "session" in state || (state.kind === "opening" && state.previous === null);
