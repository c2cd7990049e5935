/** Carries out `login()`, `logout()` and renewal: asks the page for tokens, the frame for sessions. The last call wins. */

import type { AssertedIdentity, FrameMessage, HostMessage, LoginResult } from "../bridge/messages.ts";
import { type MessengerError, messengerError } from "../bridge/messenger-error.ts";
import { askPage } from "./ask-page.ts";
import type { AuthProvider, IdentityToken, TokenReason, TokenRequest } from "./auth-provider.ts";

export interface AuthOptions {
  /** The registered plug-in, if any. */
  readonly provider: () => AuthProvider | null;
  /** The host page's variables as they are now: what the default provider reads. */
  readonly variables: () => unknown;
  /** To the frame; does nothing while there is none. */
  readonly post: (message: HostMessage) => void;
  /** Brings the frame about where there is none. */
  readonly need: () => void;
  /** The page's token could not be had. What the server refuses, the frame reports. */
  readonly onError: (error: MessengerError) => void;
}

export type LoginSource =
  | IdentityToken
  | { readonly getToken: (request: TokenRequest) => Promise<IdentityToken | null> };

export interface Auth {
  /** Signs in whoever the page's provider names, if anybody; after a logout only `login()` does. Never rejects. */
  start(): Promise<void>;
  login(source?: LoginSource): Promise<LoginResult>;
  logout(everywhere: boolean): Promise<void>;
  /** The page came back from the browser's page cache: is the same person still here? Never rejects. */
  recheck(): Promise<void>;
  /** What a frame that has just connected is told: whom `start` names, and then these messages. */
  resume(): { identity: AssertedIdentity; messages: readonly HostMessage[] };
  hear(message: FrameMessage): void;
  /** The frame can't be had: calls that wait for it are told so. */
  fail(error: MessengerError): void;
  /** Everything that waits is told so; nothing is asked any more. */
  stop(error: MessengerError): void;
}

/** A call that the frame has not answered yet. */
interface Call {
  readonly message: Extract<HostMessage, { t: "login" | "logout" }>;
  readonly resolve: (value: LoginResult | null) => void;
  readonly reject: (error: MessengerError) => void;
}

/** The frame stops asking after five refused tokens; here the page is left in peace in between. */
const pauseMs = 500;

export function createAuth({ provider, variables, post, need, onError }: AuthOptions): Auth {
  /** By request, oldest first: logouts, then at most one login. Sent again where the frame loads again. */
  const calls = new Map<number, Call>();
  /** `login()` and `logout()` are numbered upwards. What an earlier one still finds out changes nothing. */
  let lastCall = 0;
  /**
   * Whom the page vouches for, from the moment the token is there. Whether the server takes it is the frame's to know: one
   * that it refuses stays asserted, so that a customer whose token is bad never becomes a visitor by a reload of the frame.
   */
  let identity: AssertedIdentity = null;
  /** By logout, or by the server. From then on only `login()` counts, not what the page's variables still say. */
  let over = false;
  /** What was passed to the last `login()`; nothing: ask the plug-in, or else the variables. */
  let source: LoginSource | undefined;
  /** One question to the page at a time; whoever asks meanwhile shares its answer. */
  let answer: Promise<AssertedIdentity> | undefined;
  let question = new AbortController();
  /** Tokens refused since somebody was last signed in. */
  let refused = 0;
  /** Once until somebody is signed in again: asking may well navigate away. */
  let askedToSignInAgain = false;

  async function getToken(request: TokenRequest): Promise<unknown> {
    const own: Partial<Pick<AuthProvider, "getToken">> = Object(source);
    if (own.getToken) return own.getToken(request);
    if (source && ["start", "switch"].includes(request.reason)) return source;
    const plugin = provider();
    if (plugin?.getToken) return plugin.getToken(request);
    // A token handed over once is renewed by the plug-in alone: the variables may still hold somebody else's.
    return source ? null : variables();
  }

  async function find(reason: TokenReason): Promise<AssertedIdentity> {
    const call = lastCall;
    question = new AbortController();
    try {
      // The first token after a refusal is asked for at once: the refused one has probably just expired.
      return await askPage(getToken, reason, question, reason === "rejected" ? pauseMs * refused++ : 0);
    } catch (error) {
      if (call === lastCall) onError(error as MessengerError);
      throw error;
    } finally {
      if (call === lastCall) answer = undefined;
    }
  }

  const ask = (reason: TokenReason): Promise<AssertedIdentity> => (answer ??= find(reason));

  /** The page's own code: what it throws is its own affair and shows in the console. */
  const callPage = (name: "signIn" | "signOut" | "reAuthenticate"): Promise<void> =>
    Promise.resolve()
      .then(() => provider()?.[name]?.())
      .catch(console.error);

  function fail(error: MessengerError): void {
    for (const { reject } of calls.values()) reject(error);
    calls.clear();
  }

  /** Nobody waits for the question under way any more. */
  function drop(because: MessengerError): void {
    lastCall++;
    question.abort(because);
    answer = undefined;
  }

  /** Takes the place of the call before; a logout goes through all the same. */
  function begin(): number {
    const because = superseded();
    drop(because);
    for (const [request, { message, reject }] of calls)
      if (message.t === "login") {
        calls.delete(request);
        reject(because);
      }
    signedIn();
    return lastCall;
  }

  function signedIn(): void {
    refused = 0;
    askedToSignInAgain = false;
  }

  const send = (message: Call["message"]): Promise<LoginResult | null> =>
    new Promise((resolve, reject) => {
      calls.set(message.request, { message, resolve, reject });
      need();
      post(message);
    });

  function enter(found: IdentityToken): Promise<LoginResult | null> {
    identity = found;
    over = false;
    return send({ t: "login", identity, request: lastCall });
  }

  function leave(): void {
    identity = null;
    over = true;
  }

  async function login(from?: LoginSource): Promise<LoginResult> {
    const call = begin();
    source = from;
    const found = await ask(identity ? "switch" : "start");
    // The provider's answer and a later call may fall into one turn of the event loop.
    if (call !== lastCall) throw superseded();
    const result = found && (await enter(found));
    if (result) return result;
    throw messengerError("sign_in_required", "There is no token. Pass one, or register an AuthProvider.");
  }

  async function start(): Promise<void> {
    if (!identity && !over && !answer) await login().catch(() => {});
  }

  async function logout(everywhere: boolean): Promise<void> {
    const somebody = identity;
    const request = begin();
    leave();
    await send({ t: "logout", everywhere, request });
    // Only where somebody was: a provider whose signOut() calls logout() would go round for ever.
    if (somebody) callPage("signOut");
  }

  async function recheck(): Promise<void> {
    if (!identity || calls.size > 0) return start();
    const call = lastCall;
    const found = await ask("start").catch(() => identity);
    if (call !== lastCall || same(found, identity)) return;
    if (found) begin();
    await (found ? enter(found) : logout(false)).catch(() => {});
  }

  async function renew(number: number, reason: TokenReason): Promise<void> {
    const call = lastCall;
    const before = identity;
    // What failed has been reported; the frame needs to know only that there is no token.
    const found = before && (await ask(reason).catch(() => null));
    // Neither the token that has just expired or was refused is a renewal, nor one that a later call has overtaken.
    const current = before && before === identity && call === lastCall;
    const fresh = current && !same(found, before) ? found : null;
    if (fresh) identity = fresh;
    else if (current && reason !== "expiring" && !askedToSignInAgain) {
      askedToSignInAgain = true;
      callPage("reAuthenticate");
    }
    post({ t: "token", ask: number, identity: fresh });
  }

  function hear(message: FrameMessage): void {
    switch (message.t) {
      case "result": {
        const call = calls.get(message.request);
        calls.delete(message.request);
        if (message.ok) call?.resolve(message.value);
        else call?.reject(messengerError(message.error.code, message.error.message, message.error.retryable));
        break;
      }
      case "tokenWanted":
        renew(message.ask, message.reason);
        break;
      case "signInRequested":
        callPage("signIn");
        break;
      case "authenticated":
        signedIn();
        break;
      case "loggedOut":
        // `switch` announces whoever comes next, and of a login that waits the frame did not know yet.
        if (message.reason !== "switch" && !calls.has(lastCall)) leave();
    }
  }

  return {
    start,
    login,
    logout,
    recheck,
    hear,
    fail,
    resume: () => {
      const messages = [...calls.values()].map(({ message }) => message);
      // A login that waits joins the opening of `start`; a logout that waits comes before whoever is here now.
      return { identity: messages[0]?.t === "logout" ? null : identity, messages };
    },
    stop: (error) => {
      drop(error);
      fail(error);
    },
  };
}

const superseded = (): MessengerError =>
  messengerError("identity_changed", "A later login() or logout() followed.");

const same = (a: AssertedIdentity, b: AssertedIdentity): boolean => JSON.stringify(a) === JSON.stringify(b);
