import { messengerError } from "../../bridge/messenger-error.ts";
import type { TokenReason, TokenRequest } from "../auth-provider.ts";
import { limitWallTime } from "./wall-limit.ts";

/** A function of the page, with the name that its developer knows it by. */
export interface PageFunction {
  readonly name: "getToken" | "getAuthCode";
  /** What the page says of who is here, not yet read. */
  readonly call: (request: TokenRequest) => Promise<unknown>;
}

const limitMs = 10_000;

/**
 * Asks the page who is here.
 *
 * @param abort its reason is what the promise rejects with; the page's function is told by its signal
 * @throws MessengerError `timeout` after 10 s; `network` where the page's function fails
 */
export async function askPage(
  { name, call }: PageFunction,
  reason: TokenReason,
  abort: AbortController,
): Promise<unknown> {
  const { signal } = abort;
  signal.throwIfAborted();
  const cancelLimit = limitWallTime(limitMs, () =>
    abort.abort(messengerError("timeout", `${name}() took longer than 10 s.`, true)),
  );
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const ask = async (): Promise<unknown> => {
    // A turn later: the page's function may call back into the messenger.
    await null;
    signal.throwIfAborted();
    try {
      return await call({ reason, signal });
    } catch (cause) {
      throw messengerError("network", `${name}() failed: ${cause}`, true, cause);
    }
  };
  try {
    return await Promise.race([aborted, ask()]);
  } finally {
    cancelLimit();
  }
}
