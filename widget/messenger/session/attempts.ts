/** The ways to a session, and what becomes of them: a session, a refusal, or a token that the host was asked for. */

import type { ErrorCode } from "../../../shared/problems.ts";
import type { Timestamp } from "../../../shared/protocol.ts";
import type { AuthenticatedContact, LoginResult } from "../../bridge/messages.ts";
import type { SessionPhase } from "../model/messenger-model.ts";
import type { Failure } from "../transport/api.ts";
import { sameClaim, worksOnce } from "./claims.ts";
import {
  type Attempt,
  type Effects,
  type Entered,
  type EventOf,
  idle,
  isOpen,
  isShown,
  isSteppingUp,
  nobody,
  type Session,
  type SessionContext,
  type SessionState,
  type SessionStep,
} from "./session-state.ts";

/** A page that keeps handing out tokens which the server refuses is not asked again: it would go on for ever. */
const refusalLimit = 5;

/** Whether another token may be taken where this one was refused; faults in how the page makes its tokens stay. */
const isOfToken = (code: ErrorCode): boolean =>
  /^(token|key|signature|algorithm|issuer|audience|expiry|oidc)_/.test(code);

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
    { by: state.session?.silentRenewal ? "silence" : "retry" },
    ...before,
  );

export function entered(
  state: SessionState,
  { session, claimHash, handover, visitorId }: Entered,
): SessionStep {
  const { session: before, phase, life, attempt } = state;
  const isOther = before && before.conversation.id !== session.conversation.id;
  const wasVisitor = isSteppingUp(state);
  // Words pass from the visitor to who signs in, or stay with their customer; from one customer to another never.
  const isHandedOver =
    (handover === "done" || handover === "refused") &&
    (wasVisitor || before?.contact.id === session.contact.id);
  const isGranted = state.handover === "granted";
  // Nor where the one before is found out only now.
  const isTooLate = handover === "later" && isOther && !wasVisitor;
  const taken = isHandedOver && wasVisitor ? before : null;
  return [
    {
      ...state,
      phase: { ...openPhase(session), ...(taken && { steppedUpFrom: taken.contact.id }) },
      session,
      life: phase.kind === "open" && life === "over" && !isHandedOver ? "unused" : "used",
      handover: handover === "later" && !isTooLate ? handover : isOther ? "none" : keptQuestion(state),
      attempt: idle,
      refusals: 0,
    },
    // Shown on is only what was in sight: the visitor's own conversation, with a new holder.
    isHandedOver && (isOther || !wasVisitor) && { t: "carryOver" },
    taken && goneFrom(taken),
    ...(isOther && !isHandedOver ? dismiss(before, isTooLate ? "none" : handover) : []),
    isTooLate && { t: "endVisitor" },
    { t: "adopt", session, claimHash, handover, visitorId },
    isGranted && !isHandedOver && !isOther && { t: "takeUp" },
    // Where the answer to an earlier try was lost, the visitor's conversation may have become this very one.
    handover === "refused" && (isOther || !wasVisitor) && { t: "leftBehind" },
    session.contact.verified &&
      (wasVisitor || !isOpen(state)) && { t: "authenticated", contact: contactOf(session) },
    attempt.request !== null && answer(attempt.request, session),
  ];
}

/** A visitor's session that goes on leaves the visitor before the question. */
const keptQuestion = ({ handover }: SessionState) => (handover === "asked" ? handover : "none");

export function refused(
  state: SessionState,
  { failure }: EventOf<"refused">,
  { signInRequired }: SessionContext,
): SessionStep {
  const { attempt, session, claim } = state;
  if (attempt.by === "silence" && session && !failure.retryable) {
    // The provider gives no more: from here on the page is asked, as for any other session.
    const loud = { ...state, session: { ...session, silentRenewal: false } };
    return isOpen(state) ? askInTime(loud, session.absoluteExpiresAt) : enterAgain(loud);
  }
  // The claim is somebody else's: what there was of the one before is gone for good, and the way is free.
  if (failure.code === "identity_changed") {
    const free: SessionState = {
      ...state,
      phase: { kind: "opening" },
      session: null,
      // What waited for the one before is not offered to the next.
      handover: "none",
    };
    const gone: Effects = [
      { t: "endSignedIn", words: state.life === "over" ? "kept" : "wiped" },
      ...(session ? dismiss(session, "none") : []),
      isOpen(state) && { t: "authenticating" },
    ];
    // The server has used the code to find out whose it is.
    return worksOnce(claim) ? ask(free, failure, ...gone) : enter(free, attempt, ...gone);
  }
  if (attempt.by === "ticket" && !failure.retryable) return turnBack(state, failure, signInRequired);
  // The conversation that was to come along is not worth the session that there is.
  if (state.handover === "granted" && session?.contact.verified && !failure.retryable)
    return enterAgain({ ...state, handover: "none" }, { t: "takeUp" }, { t: "leftBehind" });
  if (!isOfToken(failure.code)) return giveUp(state, failure);
  const refusals = state.refusals + 1;
  const counted = { ...state, refusals };
  return claim && attempt.by !== "login" && refusals < refusalLimit
    ? ask(counted, failure)
    : giveUp(counted, failure);
}

const ask = (state: SessionState, refusal: Failure, ...before: Effects): SessionStep =>
  awaiting(state, { ...state.attempt, awaits: "token", refusal }, ...before, {
    t: "ask",
    reason: refusal.code === "token_expired" ? "expired" : "rejected",
  });

/** While the session still lives. */
export const askInTime = (state: SessionState, expiresAt: Timestamp): SessionStep =>
  awaiting(state, { awaits: "token" }, { t: "tokenExpiring", expiresAt }, { t: "ask", reason: "expiring" });

/** The sign-in window's ticket opens nothing: all is as it was before the customer pressed “Sign in”. */
function turnBack(state: SessionState, error: Failure, signInRequired: boolean): SessionStep {
  const { session, generation, attempt } = state;
  const told = { t: "authError", error } as const;
  if (isSteppingUp(state)) return enterAgain({ ...state, claim: null, handover: "none", life: "over" }, told);
  if (session?.contact.verified && attempt.claimBefore) {
    const phase = { kind: "expired", contact: contactOf(session), canSignIn: false } as const;
    return [{ ...state, claim: attempt.claimBefore, phase, life: "over", attempt: idle }, told];
  }
  return [nobody(startPhase(signInRequired), generation + 1), { t: "tearDown" }, told];
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
    // First: the page takes the refusal that comes with the end of a session for no second piece of news.
    phase.kind === "expired" && { t: "tokenExpired" },
    !(retryable && (attempt.by === "retry" || attempt.by === "silence")) && {
      t: claim ? "authError" : "error",
      error: failure,
    },
    request !== null && { t: "result", request, ok: false, error: failure },
    retryable && { t: "retryLater", afterMs: retryAfterMs },
  ];
}

function phaseAfter(state: SessionState, { code, retryable }: Failure): SessionPhase {
  const { phase } = state;
  if (phase.kind === "open") {
    const isVisitors = isSteppingUp(state);
    // Either it lives until it expires, whatever has become of its renewal, or there is hope.
    if (retryable || (isOpen(state) && !isVisitors)) return phase;
    if (isOfToken(code) && !isVisitors) return { kind: "expired", contact: phase.contact, canSignIn: false };
  }
  return { kind: "failed", code, retryable };
}

const contactOf = ({ contact: { id, platformKey, name } }: Session): AuthenticatedContact => ({
  id,
  platformKey,
  name,
});

export const startPhase = (signInRequired: boolean): SessionPhase =>
  signInRequired ? { kind: "signInRequired", canSignIn: false } : { kind: "idle" };

export const openPhase = (session: Session) =>
  ({
    kind: "open",
    contact: contactOf(session),
    verified: session.contact.verified,
  }) as const;

export const answer = (request: number, session: Session) => {
  const value: LoginResult = { contact: contactOf(session), sessionExpiresAt: session.expiresAt };
  return { t: "result", request, ok: true, value } as const;
};

/** One contact gives way to another: the conversation is gone before anything of the next is there. */
const dismiss = (session: Session, handover: Entered["handover"]): Effects => [
  { t: handover === "later" ? "setAside" : "tearDown" },
  // Where the visitor's conversation waits, the other tabs keep it too.
  handover !== "later" && goneFrom(session),
  session.contact.verified && { t: "loggedOut", reason: "switch" },
];

const goneFrom = ({ contact }: Session) => ({ t: "announce", contactId: contact.id }) as const;
