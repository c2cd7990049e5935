import type { AssertedIdentity } from "../bridge/messages.ts";
import { messengerError } from "../bridge/messenger-error.ts";
import type { TokenReason, TokenRequest } from "./auth-provider.ts";
import { readIdentity } from "./identity-token.ts";

/** What the page says of who is here, not yet read. */
export type GetToken = (request: TokenRequest) => Promise<unknown>;

const limitMs = 10_000;

/**
 * Asks the page for a token.
 *
 * @param abort its reason is what the promise rejects with; the page's function is told by its signal
 * @param pauseMs leaves the page in peace before; within the limit of 10 s
 * @throws MessengerError `timeout`; `network` where the page's function fails; those of `readIdentity`
 */
export async function askPage(
  getToken: GetToken,
  reason: TokenReason,
  abort: AbortController,
  pauseMs: number,
): Promise<AssertedIdentity> {
  const { signal } = abort;
  const limit = setTimeout(() => {
    abort.abort(messengerError("timeout", "getToken() took longer than 10 s.", true));
  }, limitMs);
  const aborted = new Promise<never>((_, reject) => {
    signal.onabort = () => reject(signal.reason);
  });
  const ask = async (): Promise<unknown> => {
    // A turn later even without a pause: the page's function may call back into the messenger.
    await (pauseMs && new Promise((resolve) => setTimeout(resolve, pauseMs)));
    signal.throwIfAborted();
    return getToken({ reason, signal }).catch((cause) => {
      throw messengerError("network", `getToken() failed: ${cause}`, true, cause);
    });
  };
  try {
    return readIdentity(await Promise.race([aborted, ask()]));
  } finally {
    clearTimeout(limit);
  }
}
