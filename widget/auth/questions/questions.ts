/**
 * What the connection leaves to a file of its own, because most pages never need it: asking functions of the page, codes and
 * ID tokens, and every renewal. `auth.ts` loads it the first time that one of them comes up.
 */

import type { AssertedIdentity, FrameMessage } from "../../bridge/messages.ts";
import { messengerError } from "../../bridge/messenger-error.ts";
import type { AuthProvider, LoginSource, TokenReason } from "../auth-provider.ts";
import { callPage } from "../call-page.ts";
import { sameIdentity } from "../same-identity.ts";
import { askPage, type PageFunction } from "./ask-page.ts";
import { readIdentity } from "./identity-token.ts";
import { readAnswer } from "./read-answer.ts";
import { createReports } from "./reports.ts";
import type { Tabs } from "./tabs.ts";

export interface QuestionsOptions {
  /** The registered plug-in, if any. */
  readonly provider: () => AuthProvider | null;
  /** The host page's variables as they are now: what the default provider reads. */
  readonly variables: () => unknown;
  readonly tabs: Tabs;
  /** Since the page began to load. */
  readonly pageAgeMs: () => number;
  /** Leaves the page for another. */
  readonly navigate: (url: string) => void;
}

export interface Question {
  readonly reason: TokenReason;
  /** What was passed to the last `login()`. */
  readonly source: LoginSource | undefined;
  /** Whom the page vouches for now. In a renewal that is what is to be replaced. */
  readonly identity: AssertedIdentity;
  /** Its reason is what the promise rejects with. */
  readonly abort: AbortController;
}

export interface Questions {
  /**
   * Who is here, as the page says now. In a renewal (`expiring`, `expired`, `rejected`) that may be the same as before;
   * the page has been told then what follows from that.
   *
   * @throws MessengerError `timeout`, `network`, `request_invalid`, `placeholder_not_replaced`, the reason of `abort`
   */
  ask(question: Question): Promise<AssertedIdentity>;
  /** What the frame says, as the page should hear it; null: it knows already. */
  hear(message: FrameMessage): FrameMessage | null;
  /** `login()` or `logout()` was called. */
  begin(): void;
  /** Ends the session at the OpenID provider, once the page is done with its own part. */
  leave(endSessionUrl: string, pageIsDone: Promise<void>): void;
}

/** The first token and four more: what takes five tokens that the server refuses takes a sixth as well. */
const freshTokensInARow = 4;
const pauseMs = 500;
/** A page's `signOut()` that never settles holds up nothing. */
const signOutLimitMs = 5_000;

export function createQuestions(options: QuestionsOptions): Questions {
  const { provider, variables, tabs, pageAgeMs, navigate } = options;
  /** Fresh tokens handed over since somebody was last signed in. */
  let fresh = 0;
  /** By the frame's word, since the last call; one that was signed in before this file was loaded is not known. */
  let contactId: string | null = null;
  /** How often somebody was signed out without a call of this page. */
  let departures = 0;
  /** Codes that were handed over. They are spent, whatever became of them. */
  const spent = new Set<string>();
  const reports = createReports(() => !!provider()?.reAuthenticate, pageAgeMs);

  /** The page's function to ask, or how to read what the page has said already. */
  function find({ source, reason, identity }: Question): PageFunction | (() => AssertedIdentity) {
    const own = functionOf(source);
    if (own) return own;
    if (source && isOpening(reason)) return () => readAnswer(source, "login()");
    // A token handed over once is renewed by the plug-in alone: the variables may still hold somebody else's.
    return functionOf(provider()) ?? (() => (source ? identity : readIdentity(variables())));
  }

  async function put(asked: PageFunction, { reason, abort }: Question): Promise<AssertedIdentity> {
    const value = await askPage(asked, reason, abort);
    return readAnswer(value, `${asked.name}()`);
  }

  /** The same code again, for the same identity, is the frame's stored session; for anything else it is spent. */
  function spend(found: AssertedIdentity, before: AssertedIdentity): AssertedIdentity {
    if (found && "authCode" in found && !sameIdentity(found, before)) {
      if (spent.has(found.authCode))
        throw messengerError(
          "request_invalid",
          "This authCode was handed over before. A code works once: fetch a new one.",
        );
      spent.add(found.authCode);
    }
    return found;
  }

  async function renew(asked: PageFunction, question: Question): Promise<AssertedIdentity> {
    const { identity, abort } = question;
    // The first token after a refusal is asked for at once: the refused one has probably just expired.
    await pause(pauseMs * fresh, abort.signal);
    const share = asked.name === "getToken" ? contactId : null;
    const found = await tabs.renew(share, identity, abort.signal, () => put(asked, question));
    if (found && !sameIdentity(found, identity)) fresh++;
    return found;
  }

  async function ask(question: Question): Promise<AssertedIdentity> {
    const { reason, identity, abort } = question;
    abort.signal.throwIfAborted();
    const asked = find(question);
    if (typeof asked === "function") return spend(asked(), identity);
    const found = await (isOpening(reason) ? put : renew)(asked, question);
    if (found && !sameIdentity(found, identity)) reports.fetched();
    return spend(found, identity);
  }

  /** A renewal. The page is told what follows where it has nothing fresh. */
  async function askForFresh(question: Question): Promise<AssertedIdentity> {
    const { reason, identity, abort } = question;
    const before = departures;
    if (reason === "expiring") forget();
    if (fresh >= freshTokensInARow) return identity;
    const found = await ask(question).catch((error) => {
      reports.unanswered();
      throw error;
    });
    if (found && !sameIdentity(found, identity)) return found;
    reports.unanswered();
    // In good time nobody has to do anything yet.
    const isCurrent = before === departures && !abort.signal.aborted;
    if (isCurrent && reason !== "expiring" && reports.once("reAuthenticate"))
      callPage(provider(), "reAuthenticate");
    return found;
  }

  /** Tokens refused before count no longer. */
  function forget(): void {
    fresh = 0;
    reports.forget();
  }

  return {
    begin() {
      forget();
      contactId = null;
    },
    ask: (question) => (isOpening(question.reason) ? ask(question) : askForFresh(question)),
    hear(message) {
      if (message.t === "authenticated") {
        forget();
        contactId = message.contact.id;
      }
      if (message.t === "loggedOut") departures++;
      return reports.hear(message);
    },
    leave(endSessionUrl, pageIsDone) {
      // The address comes from the OpenID provider's own description: a script in it would run as this page.
      if (!/^https?:\/\//i.test(endSessionUrl)) return;
      Promise.race([pageIsDone, pause(signOutLimitMs)]).then(() => navigate(endSessionUrl));
    },
  };
}

/** Somebody is to be signed in; what is asked for otherwise replaces a token that was good once. */
const isOpening = (reason: TokenReason): boolean => reason === "start" || reason === "switch";

/** `getAuthCode` is for pages that have no tokens: where both are there, `getToken` alone is asked. */
function functionOf(page: unknown): PageFunction | null {
  const { getToken, getAuthCode }: Partial<AuthProvider> = Object(page);
  // Called as methods: a provider may be an object with state.
  if (getToken) return { name: "getToken", call: async (request) => getToken.call(page, request) };
  if (getAuthCode) return { name: "getAuthCode", call: async (request) => getAuthCode.call(page, request) };
  return null;
}

async function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  if (delayMs === 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  signal?.throwIfAborted();
}
