/**
 * Whom the page vouches for, as a pure state machine. Calls of `login()` and `logout()` are numbered upwards; the last call
 * wins, in whatever order answers arrive. Whether the server takes the identity is the frame's to know: one that it refuses
 * stays asserted, so that a customer whose token is bad never becomes a visitor by a reload of the frame.
 */

import type { AssertedIdentity, LogoutReason } from "../bridge/messages.ts";
import type { IdentityToken } from "./auth-provider.ts";

type Settled =
  /** `ended`: by logout, or by the server. From then on only `login()` counts, not what the page's variables still say. */
  | { readonly kind: "signedOut"; readonly because: "visitor" | "ended" }
  | { readonly kind: "signedIn"; readonly identity: IdentityToken };

export type AuthState =
  | Settled
  | {
      readonly kind: "signingIn";
      readonly call: number;
      /** null until the provider has answered. */
      readonly identity: AssertedIdentity;
      /** What stands until there is a token, and again where there is none. */
      readonly before: Settled;
    }
  | { readonly kind: "signingOut"; readonly call: number };

export type AuthEvent =
  | { readonly t: "login" | "logout"; readonly call: number }
  | { readonly t: "tokenFound"; readonly call: number; readonly identity: IdentityToken }
  /** The call is over, well or badly. */
  | { readonly t: "settled"; readonly call: number }
  /** A fresh token of the same identity. */
  | { readonly t: "renewed"; readonly identity: IdentityToken }
  /** The frame says that the session is over. */
  | { readonly t: "ended"; readonly reason: LogoutReason };

export const visitor: AuthState = { kind: "signedOut", because: "visitor" };
const ended: Settled = { kind: "signedOut", because: "ended" };

export function nextAuthState(state: AuthState, event: AuthEvent): AuthState {
  switch (event.t) {
    case "login":
      return { kind: "signingIn", call: event.call, identity: null, before: standing(state) };
    case "logout":
      return { kind: "signingOut", call: event.call };
    case "tokenFound":
      return state.kind === "signingIn" && state.call === event.call
        ? { ...state, identity: event.identity }
        : state;
    case "settled":
      return settled(state, event.call);
    case "renewed":
      return renewed(state, event.identity);
    case "ended":
      // Said of the session before: the call under way was not known to the frame yet.
      if (state.kind === "signingIn") return { ...state, before: ended };
      // `switch` announces whoever comes next.
      return state.kind === "signedIn" && event.reason !== "switch" ? ended : state;
  }
}

/** Answers to calls that a later call has replaced change nothing. */
function settled(state: AuthState, call: number): AuthState {
  if (!("call" in state) || state.call !== call) return state;
  if (state.kind === "signingOut") return ended;
  return state.identity ? { kind: "signedIn", identity: state.identity } : state.before;
}

function renewed(state: AuthState, identity: IdentityToken): AuthState {
  if (state.kind === "signingIn")
    return state.identity ? { ...state, identity } : { ...state, before: { kind: "signedIn", identity } };
  return state.kind === "signedIn" ? { kind: "signedIn", identity } : state;
}

function standing(state: AuthState): Settled {
  if (state.kind === "signingIn") return state.before;
  return state.kind === "signingOut" ? ended : state;
}

/** Whom a frame that connects is told to take for present. */
export function asserted(state: AuthState): AssertedIdentity {
  if (state.kind === "signedIn") return state.identity;
  return state.kind === "signingIn" ? (state.identity ?? asserted(state.before)) : null;
}
