/** Small judgements about what vouches for a customer. */

import type { IdentityAssertion } from "../../../shared/protocol.ts";
import type { AssertedIdentity } from "../../bridge/messages.ts";

/** Who is said to be here: by the page, or by the ticket that this frame's own sign-in window brought. */
export type Claim = AssertedIdentity | { readonly signInTicket: string };

export function assertion(claim: Claim): IdentityAssertion {
  if (!claim) return { type: "anonymous" };
  if ("contactJwt" in claim) return { type: "contactJwt", token: claim.contactJwt };
  if ("platformJwt" in claim) return { type: "platformJwt", token: claim.platformJwt };
  if ("signInTicket" in claim) return { type: "signInTicket", ticket: claim.signInTicket };
  if ("idToken" in claim) {
    const { idToken: token, ...rest } = claim;
    return { ...rest, type: "idToken", token };
  }
  const { authCode: code, maxAge: maxAgeSeconds, ...rest } = claim;
  return { ...rest, type: "oidcCode", code, maxAgeSeconds };
}

/**
 * The text that stands for a claim wherever two are compared: its kind and its token, whatever the page says beside it and
 * in whatever order. A Contact JWT and a platform JWT are never the same.
 */
export function claimKey(claim: Claim): string {
  const { type, ...said }: { type: string; token?: string; code?: string; ticket?: string } =
    assertion(claim);
  return `${type} ${said.token ?? said.code ?? said.ticket}`;
}

export const sameClaim = (a: Claim, b: Claim): boolean => claimKey(a) === claimKey(b);

/**
 * Codes and tickets. Never sent twice: a provider that sees a code again revokes what it gave for it (RFC 6749, section
 * 4.1.2), so that the very customer who reloads the page would be signed out.
 */
export const worksOnce = (claim: Claim): boolean =>
  claim !== null && ("authCode" in claim || "signInTicket" in claim);
