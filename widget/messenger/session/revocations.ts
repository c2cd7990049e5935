/**
 * Ends sessions on the server, however long that takes. A session token whose revocation the server has not confirmed yet
 * is kept in the frame origin's storage: without the token nothing could revoke the session after the tab is closed, and
 * a session that its owner believes ended would live on until it expires. It goes with the first definite answer.
 */

import type { Surroundings } from "../surroundings.ts";
import { type Api, type Ended, type EndScope, isRefusal } from "../transport/api.ts";
import { backoffMs } from "../transport/backoff.ts";

export interface Revocations {
  /** Settles with the server's answer, or at the first failure, after which it goes on by itself. Never rejects. */
  end(sessionToken: string, scope: EndScope): Promise<Ended>;
  /** Once everything asked for so far has settled. */
  settled(): Promise<unknown>;
  /** Tries what waits again: at the start, and when the network is back. */
  resume(): void;
}

const storageKey = "vouch:revoke";
/** More than this can't be pending in earnest; the oldest have expired long ago. */
const mostPending = 20;
/** Two tabs that write the list at once have both read it before: what one of them took out may be back by the other. */
const lookAgainMs = 500;

export function createRevocations(
  { storage, after, random }: Pick<Surroundings, "storage" | "after" | "random">,
  api: Pick<Api, "end">,
): Revocations {
  let failures = 0;
  let cancelRetry = () => {};
  let settled: Promise<unknown> = Promise.resolve();

  /** One a line, token and scope. Read afresh each time: the frames of other tabs write the same list. */
  const pending = (): readonly string[] => storage.get(storageKey)?.split("\n") ?? [];

  function note(line: string, isPending?: boolean): void {
    const lines = pending().filter((other) => other !== line);
    if (isPending) lines.push(line);
    storage.set(storageKey, lines.slice(-mostPending).join("\n") || null);
  }

  async function attempt(line: string): Promise<Ended> {
    const [sessionToken, scope] = line.split(" ") as [string, EndScope];
    const answer = await api.end(sessionToken, scope);
    const failure = answer && isRefusal(answer) ? answer : null;
    // Also where it stands there already: what another tab has written since may be without it.
    note(line, failure?.retryable);
    if (failure?.retryable) {
      cancelRetry();
      cancelRetry = after(backoffMs(failures++, random()), resume);
    } else {
      failures = 0;
      after(lookAgainMs, resume);
    }
    return failure ? null : (answer as Ended);
  }

  function resume(): void {
    cancelRetry();
    for (const line of pending()) void attempt(line);
  }

  return {
    end(sessionToken, scope) {
      const line = `${sessionToken} ${scope}`;
      note(line, true);
      const done = attempt(line);
      settled = Promise.all([settled, done]);
      return done;
    },
    settled: () => settled,
    resume,
  };
}
