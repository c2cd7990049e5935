/** When a visitor who signs in may bring the conversation along, and what it says of that. */

import { ProblemError } from "../../shared/problem-error.ts";
import type { ProblemCode } from "../../shared/problems.ts";
import type { IdentityAssertion } from "../../shared/protocol.ts";
import type { Community } from "../config/config.ts";
import type { Bus } from "../delivery/bus.ts";
import type { HandedOver, HandoverRefusal, SessionRecord } from "../store/store.ts";

/** Agents read them as well, and so they are said in one language. */
export const handoverNotices = {
  verifiedFrom: "Signed in. From here on it is certain who is writing.",
  writtenBefore: "Written before signing in:",
} as const;

export interface StepUp {
  /**
   * Asked before the identity is looked at, and so before a code or a token that is good once is used up; the store asks
   * again in its transaction.
   *
   * @throws ProblemError `request_invalid`, `session_missing`, `session_expired`, `session_revoked`, `forbidden`
   */
  check(sessionToken: string, community: Community, identity: IdentityAssertion): Promise<void>;
  /** Whoever follows either conversation hears where it goes on, and reads from the store what went before. */
  tell(handedOver: HandedOver, conversationId: string): void;
}

export function createStepUp(deps: {
  readonly bus: Bus;
  readonly authenticate: (sessionToken: string) => Promise<{ readonly session: SessionRecord }>;
  readonly tellEnded: (sessionIds: readonly string[]) => void;
}): StepUp {
  const { bus, authenticate, tellEnded } = deps;
  return {
    async check(sessionToken, community, identity) {
      refuseStepUp(community, identity.type);
      try {
        refuseVisitor((await authenticate(sessionToken)).session, community);
      } catch (error) {
        throw error instanceof ProblemError && isHandoverRefusal(error.code)
          ? handoverProblem(error.code)
          : error;
      }
    },

    tell({ endedSessions, conversationId: from, lastMessage: message }, conversationId) {
      tellEnded(endedSessions);
      if (from !== conversationId)
        bus.publish("conversations", { kind: "moved", conversationId: from, to: conversationId });
      if (!message) return;
      bus.publish(`conversation:${conversationId}`, { kind: "message", conversationId, message });
      bus.publish("conversations", { kind: "message", conversationId, message });
    },
  };
}

function refuseStepUp(community: Pick<Community, "stepUp">, asserted: IdentityAssertion["type"]): void {
  if (asserted === "anonymous")
    throw new ProblemError("request_invalid", {
      detail: "conversationHandover is for signing in; identity.type is anonymous.",
    });
  if (community.stepUp === "never")
    throw new ProblemError("forbidden", {
      detail: "The community's stepUp is never: open the session without conversationHandover.",
    });
}

function refuseVisitor(session: SessionRecord, community: Pick<Community, "id">): void {
  if (session.method !== "anonymous" || session.communityId !== community.id)
    throw handoverProblem("forbidden");
}

const handoverProblem = (code: HandoverRefusal): ProblemError =>
  code === "forbidden"
    ? new ProblemError(code, {
        detail:
          "conversationHandover takes the session token of a visitor of the same community, and no preview's.",
      })
    : new ProblemError(code, { detail: details[code] });

const isHandoverRefusal = (code: ProblemCode): code is HandoverRefusal =>
  code === "forbidden" || Object.hasOwn(details, code);

const details = {
  session_missing: "No session has the token given as conversationHandover.",
  session_expired: "The session given as conversationHandover has expired.",
  session_revoked:
    "The session given as conversationHandover has ended; it may have been handed over before.",
} as const;

/** What a session that was not opened, by whatever it was asked for, is refused with. */
export const refusalOf = (code: ProblemCode): ProblemError =>
  isHandoverRefusal(code) ? handoverProblem(code) : new ProblemError(code);
