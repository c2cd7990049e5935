/** Asks the page for tokens: one question at a time, each with a time limit, slower after failures, and never in a storm. */

import { MessengerError } from "../bridge/messenger-error.ts";
import type { IdentityToken, TokenReason, TokenRequest } from "./auth-provider.ts";
import { readIdentity } from "./identity-token.ts";

export type GetToken = (request: TokenRequest) => Promise<IdentityToken | null>;

export interface TokenSource {
  /** Asks this function from now on, and forgets earlier failures. */
  use(getToken: GetToken): void;
  /** Rejects with a `MessengerError`. Asking while an answer is under way shares it. */
  ask(reason: TokenReason): Promise<IdentityToken | null>;
  /** The answer under way is no longer wanted: whoever waits for it is told this. */
  cancel(because: MessengerError): void;
  /** A token was good: the next failure counts as the first. */
  accepted(): void;
}

const limitMs = 10_000;
const longestPauseMs = 30_000;
const mostRefused = 5;

export function createTokenSource(): TokenSource {
  let getToken: GetToken = async () => null;
  let refused = 0;
  let failed = 0;
  let current: { readonly abort: AbortController; readonly answer: Promise<IdentityToken | null> } | null =
    null;

  async function answer(reason: TokenReason, abort: AbortController): Promise<IdentityToken | null> {
    const { signal } = abort;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const aborted = new Promise<never>((_, reject) => {
      signal.onabort = () => reject(signal.reason);
    });
    try {
      // The first token after a refusal is asked for at once: the refused one has probably just expired.
      const failures = failed + Math.max(0, refused - 1);
      if (failures > 0)
        await Promise.race([
          aborted,
          new Promise((resolve) => {
            timer = setTimeout(resolve, Math.min(longestPauseMs, 500 * 2 ** failures));
          }),
        ]);
      timer = setTimeout(
        () => abort.abort(new MessengerError("timeout", "getToken() gave no answer within 10 s.", true)),
        limitMs,
      );
      const identity = readIdentity(await Promise.race([aborted, getToken({ reason, signal })]));
      failed = 0;
      return identity;
    } catch (error) {
      if (current?.abort === abort) failed++;
      throw error instanceof MessengerError
        ? error
        : new MessengerError("network", `getToken() failed: ${error}`, true, error);
    } finally {
      clearTimeout(timer);
      if (current?.abort === abort) current = null;
    }
  }

  return {
    use: (next) => {
      getToken = next;
      refused = failed = 0;
    },
    ask: async (reason) => {
      if (reason === "rejected" && !current) refused++;
      if (refused >= mostRefused)
        throw new MessengerError(
          "sign_in_required",
          `${mostRefused} tokens in a row were refused; no more are asked for. Mend what signs them, then call Messenger.login().`,
        );
      if (!current) {
        const abort = new AbortController();
        // Set before the page's function runs, which may call back into the messenger.
        current = { abort, answer: Promise.resolve().then(() => answer(reason, abort)) };
      }
      return current.answer;
    },
    cancel: (because) => {
      const cancelled = current;
      current = null;
      cancelled?.abort.abort(because);
    },
    accepted: () => {
      refused = 0;
    },
  };
}
