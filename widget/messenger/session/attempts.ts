/** The ways to a session, and what becomes of them: a session, a refusal, or a token that the host was asked for. */

import type { ErrorCode } from "../../../shared/problems.ts";
import type { AuthenticatedContact, LoginResult } from "../../bridge/messages.ts";
import type { SessionPhase } from "../model/messenger-model.ts";
import type { Failure } from "../transport/api.ts";
import { sameClaim } from "./claims.ts";
import {
  type Attempt,
  type Effects,
  type Entered,
  type EventOf,
  idle,
  isOpen,
  isShown,
  type Session,
  type SessionState,
  type SessionStep,
} from "./session-state.ts";

/** A page that keeps handing out tokens which the server refuses is not asked again: it would go on for ever. */
const refusalLimit = 5;

/** Whether another token may be taken where this one was refused; faults in how the page makes its tokens stay. */
const isOfToken = (code: ErrorCode): boolean =>
  /^(token|key|signature|algorithm|issuer|audience|expiry)_/.test(code);

/** Answers to whatever was awaited before are stale from here on. */
export const awaiting = (
  state: SessionState,
  attempt: Partial<Attempt>,
  ...effects: Effects
): SessionStep => [
  { ...state, generation: state.generation + 1, attempt: { ...idle, ...attempt } },
  ...effects,
];

export const enter = (state: SessionState, attempt: Partial<Attempt>, ...before: Effects): SessionStep =>
  awaiting(state, { ...attempt, awaits: "session" }, ...before, { t: "enter" });

/** The same claim once more. What can be seen stays. */
export const enterAgain = (state: SessionState, ...before: Effects): SessionStep =>
  enter(
    { ...state, phase: state.session && isShown(state) ? openPhase(state.session) : { kind: "opening" } },
    { by: "retry" },
    ...before,
  );

export function entered(state: SessionState, { session, claimHash }: Entered): SessionStep {
  const { session: before, phase, life, attempt } = state;
  return [
    {
      ...state,
      phase: openPhase(session),
      session,
      life: phase.kind === "open" && life === "over" ? "unused" : "used",
      attempt: idle,
      refusals: 0,
    },
    ...(before && before.conversation.id !== session.conversation.id ? dismiss(before) : []),
    { t: "adopt", session, claimHash },
    session.contact.verified && !isOpen(state) && { t: "authenticated", contact: contactOf(session) },
    attempt.request !== null && answer(attempt.request, session),
  ];
}

export function refused(state: SessionState, { failure }: EventOf<"refused">): SessionStep {
  const { attempt, session, claim } = state;
  // The claim is somebody else's: what there was of the one before is gone for good, and the way is free.
  if (failure.code === "identity_changed")
    return enter(
      { ...state, phase: { kind: "opening" }, session: null },
      attempt,
      { t: "endSignedIn" },
      ...(session ? dismiss(session) : []),
      isOpen(state) && { t: "authenticating" },
    );
  if (!isOfToken(failure.code)) return giveUp(state, failure);
  const refusals = state.refusals + 1;
  const counted = { ...state, refusals };
  return claim && attempt.by !== "login" && refusals < refusalLimit
    ? awaiting(
        counted,
        { ...attempt, awaits: "token", refusal: failure },
        { t: "ask", reason: failure.code === "token_expired" ? "expired" : "rejected" },
      )
    : giveUp(counted, failure);
}

export function tokenGiven(state: SessionState, { ask, identity }: EventOf<"token">): SessionStep {
  const { attempt, generation, claim } = state;
  if (ask !== generation || attempt.awaits !== "token") return [state];
  if (identity && !sameClaim(identity, claim)) return enter({ ...state, claim: identity }, attempt);
  // Asked in good time: the session lives until it expires, and the claim may well outlive it.
  return attempt.refusal ? giveUp(state, attempt.refusal) : [{ ...state, attempt: idle }];
}

function giveUp(state: SessionState, failure: Failure): SessionStep {
  const { attempt, claim } = state;
  const { request } = attempt;
  const { retryable, retryAfterMs } = failure;
  const phase = phaseAfter(state, failure);
  return [
    { ...state, phase, attempt: { ...idle, awaits: retryable ? "retry" : "nothing" } },
    !(retryable && attempt.by === "retry") && { t: claim ? "authError" : "error", error: failure },
    request !== null && { t: "result", request, ok: false, error: failure },
    phase.kind === "expired" && { t: "tokenExpired" },
    retryable && { t: "retryLater", afterMs: retryAfterMs },
  ];
}

function phaseAfter(state: SessionState, { code, retryable }: Failure): SessionPhase {
  const { phase } = state;
  if (phase.kind === "open") {
    // Either it lives until it expires, whatever has become of its renewal, or there is hope.
    if (isOpen(state) || retryable) return phase;
    if (isOfToken(code)) return { kind: "expired", contact: phase.contact, canSignIn: false };
  }
  return { kind: "failed", code, retryable };
}

const contactOf = ({ contact: { id, platformKey, name } }: Session): AuthenticatedContact => ({
  id,
  platformKey,
  name,
});

const openPhase = (session: Session): SessionPhase => ({
  kind: "open",
  contact: contactOf(session),
  verified: session.contact.verified,
});

export const answer = (request: number, session: Session) => {
  const value: LoginResult = { contact: contactOf(session), sessionExpiresAt: session.expiresAt };
  return { t: "result", request, ok: true, value } as const;
};

/** One contact gives way to another: the conversation is gone before anything of the next is there. */
const dismiss = ({ contact }: Session): Effects => [
  { t: "tearDown" },
  { t: "announce", contactId: contact.id },
  contact.verified && { t: "loggedOut", reason: "switch" },
];
