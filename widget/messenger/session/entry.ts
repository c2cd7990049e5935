/** The ways to a session: take up a stored one, renew one, or open one. The server has the last word on each. */

import type { SessionState } from "../../../shared/protocol.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Answer, type Api, isRefusal } from "../transport/api.ts";
import { assertion, type Claim, claimKey } from "./claims.ts";
import type { Entered } from "./session-state.ts";
import type { Slot, StoredSession, Vault } from "./vault.ts";

export interface Entry extends Pick<Vault, "spent"> {
  readonly api: Api;
  readonly fingerprint: Surroundings["fingerprint"];
  readonly claim: Claim;
  readonly stored: StoredSession | null;
  /** `silently`: renew the stored session by what the server holds, without the claim. */
  readonly how: "claiming" | "silently";
  /** Where the visitor's session stands whose conversation the customer takes along; null: none. */
  readonly handover: Slot | null;
  /** Whether this claim is still what the page says. Nothing more is done for one that is not. */
  readonly isCurrent: () => boolean;
}

export const isOver = (answer: Answer<object>): boolean =>
  isRefusal(answer) && answer.code.startsWith("session_");

/** The token of a session that was renewed or opened stands in the answer. */
export const found = (
  answer: Answer<SessionState>,
  sessionToken: string,
  claimHash: string,
  handover: Entered["handover"] = "none",
): Answer<Entered> =>
  isRefusal(answer) ? answer : { session: { sessionToken, ...answer }, claimHash, handover };

/**
 * The iframe identity rule: a stored session is used for the claim that is made now, or not at all.
 * @returns null where the claim has been overtaken; `identity_changed` where the stored session is somebody else's
 */
export async function enter(entry: Entry): Promise<Answer<Entered> | null> {
  const { api, fingerprint, claim, stored, isCurrent } = entry;
  const identity = assertion(claim);
  const claimHash = claim ? await fingerprint(claimKey(claim)) : "visitor";
  const sessionToken = stored?.sessionToken ?? "";
  let answer: Answer<SessionState> | null =
    stored &&
    (stored.claimHash === claimHash
      ? await api.session(sessionToken)
      : await api.renew(sessionToken, identity));
  if (!answer || isOver(answer)) {
    if (!isCurrent()) return null;
    answer = await api.open(identity);
  }
  return found(answer, sessionToken, claimHash);
}
