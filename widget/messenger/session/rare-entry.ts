/** The ways to a session that few customers go: by a code that works once, without a claim, and with a conversation along. */

import { type Answer, type Failure, isRefusal } from "../transport/api.ts";
import { assertion, claimKey, worksOnce } from "./claims.ts";
import { type Entry, found, isOver } from "./entry.ts";
import type { Entered } from "./session-state.ts";

/** As the server would refuse it; the page is asked for another. */
const replayed: Failure = {
  code: "token_replayed",
  message: "The authorization code was used before. Get a new one for each sign-in.",
  retryable: false,
};

export async function enterRarely(entry: Entry): Promise<Answer<Entered> | null> {
  const { api, fingerprint, claim, spent, how, handover, isCurrent } = entry;
  if (how === "silently") {
    const { sessionToken = "", claimHash = "" } = entry.stored ?? {};
    return found(await api.renew(sessionToken), sessionToken, claimHash);
  }
  const identity = assertion(claim);
  const claimHash = await fingerprint(claimKey(claim));
  const visitorToken = handover?.read()?.sessionToken;
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
  if (!visitorToken || !isRefusal(answer))
    return found(answer, "", claimHash, visitorToken ? "done" : "none");
  if (!isOver(answer) && answer.code !== "forbidden") return answer;
  // The conversation can't be had: signing in does not depend on it.
  handover?.write(null);
  if (worksOnce(claim)) return replayed;
  return isCurrent() ? found(await api.open(identity), "", claimHash, "refused") : null;
}
