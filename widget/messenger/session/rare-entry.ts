/** The ways to a session that few customers go: by a code that works once, without a claim, and with a conversation along. */

import type { SessionState } from "../../../shared/protocol.ts";
import { type Answer, type Api, type Failure, isRefusal } from "../transport/api.ts";
import { assertion, claimKey, worksOnce } from "./claims.ts";
import { type Entry, found, isOver } from "./entry.ts";
import type { Entered } from "./session-state.ts";
import type { StoredSession } from "./vault.ts";

/** As the server would refuse it; the page is asked for another. */
const replayed: Failure = {
  code: "token_replayed",
  message: "The authorization code was used before. Get a new one for each sign-in.",
  retryable: false,
};

/** Whether a visitor's session has a conversation, or words that nobody has stored yet. false: it is empty, or over. */
export async function leftSomething(
  { sessionToken, contactId }: StoredSession,
  api: Pick<Api, "session">,
  hasWords: (contactId: string) => Promise<boolean>,
): Promise<boolean> {
  const answer = await api.session(sessionToken);
  if (isRefusal(answer)) return answer.retryable;
  return answer.conversation.lastSeq > 0 || hasWords(contactId);
}

export async function enterRarely(entry: Entry): Promise<Answer<Entered> | null> {
  const { api, fingerprint, claim, spent, how, handover, isCurrent } = entry;
  if (how === "silently") {
    const { sessionToken = "", claimHash = "" } = entry.stored ?? {};
    return found(await api.renew(sessionToken), sessionToken, claimHash);
  }
  const identity = assertion(claim);
  const claimHash = await fingerprint(claimKey(claim));
  const { sessionToken: visitorToken, contactId: visitorId } = handover?.read() ?? {};
  /** What the visitor wrote goes to who signs in, whether or not the conversation does. */
  const taken = (answer: Answer<SessionState>, outcome: "done" | "refused"): Answer<Entered> => {
    const entered = found(answer, "", claimHash, outcome);
    return isRefusal(entered) ? entered : { ...entered, visitorId };
  };
  // What is taken along can only go into a session that opens.
  let stored = visitorToken ? null : entry.stored;
  const isSame = entry.stored?.claimHash === claimHash;

  if (worksOnce(claim)) {
    // Before a code is spent on a renewal: should the session be over, it could not be used to open another.
    const answer = stored && (await api.session(stored.sessionToken));
    if (answer && isOver(answer)) stored = null;
    else if (stored && answer && (isSame || isRefusal(answer)))
      return found(answer, stored.sessionToken, claimHash);
    if (isSame || spent.read() === claimHash) return replayed;
    if (!isCurrent()) return null;
    // Before it leaves: whether it arrived, nobody may ever know.
    spent.write(claimHash);
    if (stored) return found(await api.renew(stored.sessionToken, identity), stored.sessionToken, claimHash);
  }

  if (!isCurrent()) return null;
  const answer = await api.open(identity, visitorToken);
  if (!visitorToken) return found(answer, "", claimHash);
  if (!isRefusal(answer)) return taken(answer, "done");
  if (!isOver(answer) && answer.code !== "forbidden") return answer;
  // The conversation can't be had: signing in does not depend on it.
  handover?.write(null);
  if (worksOnce(claim)) return replayed;
  return isCurrent() ? taken(await api.open(identity), "refused") : null;
}
