/**
 * Ends sessions on the server, however long that takes. A session token whose revocation the server has not confirmed yet
 * is kept in the frame origin's storage: without the token nothing could revoke the session after the tab is closed, and
 * a session that its owner believes ended would live on until it expires. It goes with the first definite answer.
 */

import type { Surroundings } from "../surroundings.ts";
import type { Api } from "../transport/api.ts";
import { ApiError } from "../transport/api-error.ts";
import { backoffMs } from "../transport/backoff.ts";
import { isBoolean, isListOf, isShape, isText, parseJson } from "../transport/shape.ts";

interface Revocation {
  readonly sessionToken: string;
  readonly everywhere: boolean;
}

export interface Revocations {
  /** Settles with the server's answer, or at the first failure, after which it goes on by itself. Never rejects. */
  end(sessionToken: string, options: { readonly everywhere: boolean }): Promise<void>;
  /** Tries what waits again: at the start, and when the network is back. */
  resume(): void;
}

const storageKey = "vouch:revoke";
const isRevocations = isListOf(isShape<Revocation>({ sessionToken: isText, everywhere: isBoolean }));
/** More than this can't be pending in earnest; the oldest have expired long ago. */
const mostPending = 20;

export function createRevocations(
  { storage, after, random }: Pick<Surroundings, "storage" | "after" | "random">,
  api: Pick<Api, "end">,
): Revocations {
  let failures = 0;
  let cancelRetry = () => {};

  // Read afresh each time: the frames of other tabs write the same list.
  function pending(): readonly Revocation[] {
    const value = parseJson(storage.getItem(storageKey) ?? "");
    return isRevocations(value) ? value : [];
  }

  function keep(revocations: readonly Revocation[]): void {
    if (revocations.length === 0) storage.removeItem(storageKey);
    else storage.setItem(storageKey, JSON.stringify(revocations.slice(-mostPending)));
  }

  const except = (sessionToken: string): readonly Revocation[] =>
    pending().filter((revocation) => revocation.sessionToken !== sessionToken);

  async function attempt({ sessionToken, everywhere }: Revocation): Promise<void> {
    try {
      await api.end(sessionToken, { everywhere });
    } catch (error) {
      if (!(error instanceof ApiError) || error.retryable) {
        retryLater();
        return;
      }
    }
    failures = 0;
    keep(except(sessionToken));
  }

  function retryLater(): void {
    cancelRetry();
    cancelRetry = after(backoffMs(failures++, random()), resume);
  }

  function resume(): void {
    cancelRetry();
    for (const revocation of pending()) void attempt(revocation);
  }

  return {
    end(sessionToken, { everywhere }) {
      const revocation = { sessionToken, everywhere };
      keep([...except(sessionToken), revocation]);
      return attempt(revocation);
    },
    resume,
  };
}
