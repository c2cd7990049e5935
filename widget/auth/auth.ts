/** Carries out `login()`, `logout()` and renewal: asks the page for tokens, the frame for sessions. The last call wins. */

import type {
  AssertedIdentity,
  FrameMessage,
  HostMessage,
  LoginResult,
  LogoutResult,
  PageIdentity,
} from "../bridge/messages.ts";
import { type MessengerError, messengerError } from "../bridge/messenger-error.ts";
import type { LoginSource, LogoutOptions, TokenReason } from "./auth-provider.ts";
import { callPage } from "./call-page.ts";
import { plainIdentity } from "./plain-identity.ts";
import type { Questions, QuestionsOptions } from "./questions/questions.ts";
import { sameIdentity } from "./same-identity.ts";

export interface AuthOptions extends Pick<QuestionsOptions, "provider" | "variables"> {
  /** Loads what asks functions of the page and renews: most pages need neither. Rejects with a `MessengerError`. */
  readonly loadQuestions: () => Promise<Questions>;
  /** To the frame; does nothing while there is none. */
  readonly post: (message: HostMessage) => void;
  /** Brings the frame about where there is none. */
  readonly need: () => void;
  /** The page's token could not be had. What the server refuses, the frame reports. */
  readonly onError: (error: MessengerError) => void;
}

export interface Auth {
  /**
   * Signs in whoever the page's provider names, if anybody; after a logout only `login()` does. Never rejects.
   * @returns why nobody is signed in; it has been reported
   */
  start(): Promise<MessengerError | undefined>;
  login(source?: LoginSource): Promise<LoginResult>;
  logout(options?: LogoutOptions): Promise<void>;
  /** The page came back from the browser's page cache: is the same person still here? Never rejects. */
  recheck(): Promise<void>;
  /** What a frame that has just connected is told: whom `start` names, and then these messages. */
  resume(): { identity: AssertedIdentity; messages: readonly HostMessage[] };
  /** @returns the message as the page should hear it; null: it knows already */
  hear(message: FrameMessage): FrameMessage | null;
  /** The frame can't be had: calls that wait for it are told so. */
  fail(error: MessengerError): void;
  /** Everything that waits is told so; nothing is asked any more. */
  stop(error: MessengerError): void;
}

/** A call that the frame has not answered yet. */
interface Call {
  readonly message: Extract<HostMessage, { t: "login" | "logout" }>;
  readonly resolve: (value: Answer) => void;
  readonly reject: (error: MessengerError) => void;
}

type Answer = LoginResult | LogoutResult | null;

export function createAuth(options: AuthOptions): Auth {
  const { provider, variables, loadQuestions, post, need, onError } = options;
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
  let question: AbortController | undefined;
  /** Once they are loaded. */
  let questions: Questions | undefined;

  async function load(): Promise<Questions> {
    const loaded = questions ?? (await loadQuestions());
    // Two may have waited for it.
    questions ??= loaded;
    return questions;
  }

  async function find(reason: TokenReason, renewal?: AssertedIdentity): Promise<AssertedIdentity> {
    const call = lastCall;
    const abort = new AbortController();
    question = abort;
    try {
      const plugin = provider();
      const asked = source ?? (plugin?.getToken || plugin?.getAuthCode ? plugin : null);
      const said = renewal ? undefined : plainIdentity(asked ?? variables());
      // A turn later, when `answer` stands.
      if (said || (said === null && !asked)) return await said;
      // A file that hangs keeps nobody waiting for a call that has been overtaken.
      return await new Promise((resolve, reject) => {
        abort.signal.onabort = () => reject(abort.signal.reason);
        load()
          .then((loaded) => loaded.ask({ reason, source, identity, abort }))
          .then(resolve, reject);
      });
    } catch (error) {
      if (call === lastCall) onError(error as MessengerError);
      throw error;
    } finally {
      if (call === lastCall) answer = undefined;
    }
  }

  const ask = (reason: TokenReason, renewal?: AssertedIdentity): Promise<AssertedIdentity> =>
    (answer ??= find(reason, renewal));

  function fail(error: MessengerError): void {
    for (const { reject } of calls.values()) reject(error);
    calls.clear();
  }

  /** Nobody waits for the question under way any more. */
  function drop(because: MessengerError): void {
    lastCall++;
    question?.abort(because);
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
    questions?.begin();
    return lastCall;
  }

  const send = (message: Call["message"]): Promise<Answer> =>
    new Promise((resolve, reject) => {
      calls.set(message.request, { message, resolve, reject });
      need();
      post(message);
    });

  function enter(found: PageIdentity): Promise<Answer> {
    identity = found;
    over = false;
    return send({ t: "login", identity, request: lastCall });
  }

  function leave(): void {
    identity = null;
    // With the token in it.
    source = undefined;
    over = true;
  }

  async function login(from?: LoginSource): Promise<LoginResult> {
    const call = begin();
    source = from;
    const found = await ask(identity ? "switch" : "start");
    // The provider's answer and a later call may fall into one turn of the event loop.
    if (call !== lastCall) throw superseded();
    const result = found && (await enter(found));
    if (result) return result as LoginResult;
    throw messengerError("sign_in_required", "There is no token. Pass one, or register an AuthProvider.");
  }

  async function start(): Promise<MessengerError | undefined> {
    if (!identity && !over && !answer)
      return login().then(
        () => undefined,
        (error) => error,
      );
    return undefined;
  }

  async function logout(options?: LogoutOptions): Promise<void> {
    const { everywhere, atProvider } = options ?? {};
    const somebody = identity;
    const request = begin();
    leave();
    const done = await send({
      t: "logout",
      everywhere: !!everywhere,
      atProvider: !!atProvider,
      request,
    });
    // Only where somebody was: a provider whose signOut() calls logout() would go round for ever.
    const pageIsDone = callPage(somebody && provider(), "signOut");
    if (done)
      load().then((questions) => {
        // Whoever was signed in meanwhile stays.
        if (request === lastCall) questions.leave((done as LogoutResult).endSessionUrl, pageIsDone);
      }, onError);
  }

  async function recheck(): Promise<void> {
    if (!identity || calls.size > 0) return void (await start());
    const call = lastCall;
    const found = await ask("start").catch(() => identity);
    if (call !== lastCall || sameIdentity(found, identity)) return;
    if (found) begin();
    await (found ? enter(found) : logout()).catch(() => {});
  }

  async function renew(number: number, reason: TokenReason): Promise<void> {
    const call = lastCall;
    const before = identity;
    // What failed has been reported; the frame needs to know only that there is no token.
    const found = before && (await ask(reason, before).catch(() => null));
    // Neither the token that has just expired or was refused is a renewal, nor one that a later call has overtaken.
    const isFresh = before === identity && call === lastCall && !sameIdentity(found, before);
    if (isFresh && found) identity = found;
    post({ t: "token", ask: number, identity: isFresh ? found : null });
  }

  function hear(heard: FrameMessage): FrameMessage | null {
    const message = questions ? questions.hear(heard) : heard;
    switch (message?.t) {
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
        callPage(provider(), "signIn");
        break;
      case "loggedOut":
        // `switch` announces whoever comes next, and of a login that waits the frame did not know yet.
        if (message.reason !== "switch" && !calls.has(lastCall)) leave();
    }
    return message;
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
