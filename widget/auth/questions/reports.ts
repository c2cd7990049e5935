/**
 * What the page hears of its tokens, each thing once. The frame reports every refusal, and it can meet the same one again
 * with each opening of the panel and each load; a page that has been told is left in peace until something changes.
 */

import type { BridgeError, FrameMessage } from "../../bridge/messages.ts";

export interface Reports {
  /** The messages that go on to the page; what is left out, the page knows already. */
  hear(message: FrameMessage): FrameMessage | null;
  /** Once until `forget`. @returns whether this was the first time */
  once(what: string): boolean;
  /** The frame has been told that there is no fresh token. */
  unanswered(): void;
  /** A function of the page has just handed over a fresh token, here or in another tab. */
  fetched(): void;
  /** Somebody is signed in, or `login()` was called: what happens from here on is news. */
  forget(): void;
}

/** A refusal this soon after the page handed the token over says something about clocks. */
const justNowMs = 30_000;

const ofTime = ["token_expired", "token_not_yet_valid"];

/**
 * @param canSignInAgain whether the page has a way of its own to go on from an expired token
 * @param pageAgeMs since the page began to load, and its variables were rendered
 */
export function createReports(canSignInAgain: () => boolean, pageAgeMs: () => number): Reports {
  let told = new Set<string>();
  let isUnanswered = false;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  /** The expiry that was announced last: a connection that comes back hears of it again. */
  let announced = "";

  function once(what: string): boolean {
    const isFirst = !told.has(what);
    told.add(what);
    return isFirst;
  }

  const wasJustFetched = (): boolean => Date.now() - fetchedAt < justNowMs;

  /** The server's sentence holds both times; whose clock is wrong it can't know, the page can guess. */
  const withClock = (error: BridgeError): BridgeError =>
    ofTime.includes(error.code) && (wasJustFetched() || pageAgeMs() < justNowMs)
      ? {
          ...error,
          message: `${error.message} The page handed this token over just now: either it came from a cache, or a clock is off: that of the server that signs, or the messenger's.`,
        }
      : error;

  /** What to do about the end that has been announced, for whoever looks into the console. */
  function advise(error: BridgeError): void {
    const { code, message } = withClock(error);
    if (once("advice") && !canSignInAgain())
      console.error(`[Messenger] ${code}: ${message} Continue with Messenger.login(newToken).`);
  }

  return {
    once,
    forget: () => {
      told = new Set();
      isUnanswered = false;
    },
    unanswered: () => {
      isUnanswered = true;
    },
    fetched: () => {
      fetchedAt = Date.now();
    },
    hear(message) {
      switch (message.t) {
        case "tokenExpiring":
          if (message.expiresAt === announced) return null;
          announced = message.expiresAt;
          return message;
        case "tokenExpired":
          return once("tokenExpired") ? message : null;
        case "result":
          return message.ok ? message : { ...message, error: withClock(message.error) };
        case "authError": {
          const { error } = message;
          // The session has ended, and the page had nothing fresh to give: no fault of its tokens, and announced already.
          if (
            isUnanswered &&
            error.code === "token_expired" &&
            told.has("tokenExpired") &&
            !wasJustFetched()
          ) {
            advise(error);
            return null;
          }
          return once(`authError ${error.code}`) ? { ...message, error: withClock(error) } : null;
        }
        default:
          return message;
      }
    },
  };
}
