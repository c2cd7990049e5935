/** Small judgements about identity tokens and the sessions they open. */

import type { ErrorCode } from "../../../shared/problems.ts";
import type { IdentityAssertion } from "../../../shared/protocol.ts";
import type { TokenReason } from "../../auth/auth-provider.ts";
import type { AssertedIdentity, AuthenticatedContact, LoginResult } from "../../bridge/messages.ts";
import type { Session, SessionState } from "./session-state.ts";

export function assertion(claim: AssertedIdentity): IdentityAssertion {
  if (claim === null) return { type: "anonymous" };
  return "contactJwt" in claim
    ? { type: "contactJwt", token: claim.contactJwt }
    : { type: "platformJwt", token: claim.platformJwt };
}

/** The text that stands for a claim wherever two are compared; a Contact JWT and a platform JWT are never the same. */
export function claimKey(claim: AssertedIdentity): string {
  const { type, ...rest } = assertion(claim);
  return "token" in rest ? `${type}:${rest.token}` : type;
}

export const sameClaim = (a: AssertedIdentity, b: AssertedIdentity): boolean => claimKey(a) === claimKey(b);

/** Whether another token may be taken where this one was refused; faults in how the page makes its tokens stay. */
export const freshTokenMayHelp = (code: ErrorCode): boolean =>
  /^(token|key|signature|algorithm|issuer|audience|expiry)_/.test(code);

export const askReason = (code: ErrorCode): TokenReason =>
  code === "token_expired" ? "expired" : "rejected";

/** The session whose conversation is held in memory, shown or hidden. */
export function sessionOf(state: SessionState): Session | null {
  switch (state.kind) {
    case "open":
    case "dormant":
      return state.session;
    case "opening":
    case "failed":
      return state.previous;
    case "visitor":
    case "loggedOut":
      return null;
  }
}

export const claimOf = (state: SessionState): AssertedIdentity =>
  state.kind === "visitor" || state.kind === "loggedOut" ? null : state.claim;

export const contactOf = ({ contact: { id, platformKey, name } }: Session): AuthenticatedContact => ({
  id,
  platformKey,
  name,
});

export const loginResult = (session: Session): LoginResult => ({
  contact: contactOf(session),
  sessionExpiresAt: session.expiresAt,
});
