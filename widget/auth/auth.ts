/** Carries out `login()`, `logout()` and renewal: asks the page for tokens, the frame for sessions. */

import type {
  AssertedIdentity,
  FrameMessage,
  HostMessage,
  LoginResult,
  LogoutReason,
} from "../bridge/messages.ts";
import { MessengerError } from "../bridge/messenger-error.ts";
import type { AuthProvider, IdentityToken, TokenReason } from "./auth-provider.ts";
import { type AuthEvent, asserted, nextAuthState, visitor } from "./auth-state.ts";
import { readIdentity, tokenOf } from "./identity-token.ts";
import { type CallMessage, createPendingCalls } from "./pending-calls.ts";
import { createTokenSource, type GetToken } from "./token-source.ts";

export interface AuthOptions {
  /** The registered plug-in, if any. */
  readonly provider: () => AuthProvider | null;
  /** The host page's variables as they are now: what the default provider reads. */
  readonly variables: () => unknown;
  /** To the frame; does nothing while there is none. */
  readonly post: (message: HostMessage) => void;
  /** Brings the frame about where there is none. */
  readonly needFrame: () => void;
  /** The page's token could not be had. What the server refuses, the frame reports. */
  readonly onError: (error: MessengerError) => void;
}

export type LoginSource = IdentityToken | { readonly getToken: GetToken };

export interface Auth {
  /** Signs in whoever the page's provider names, if anybody; after a logout only `login()` does. Never rejects. */
  start(): Promise<void>;
  login(source?: LoginSource): Promise<LoginResult>;
  logout(everywhere: boolean): Promise<void>;
  /** The page came back from the browser's page cache: is the same person still here? Never rejects. */
  recheck(): Promise<void>;
  /** What a frame that has just connected is told: members of `start`, then these messages. */
  resume(): { identity: AssertedIdentity; request: number; messages: readonly HostMessage[] };
  answered(answer: Extract<FrameMessage, { t: "result" }>): void;
  authenticated(): void;
  ended(reason: LogoutReason): void;
  renew(ask: number, reason: TokenReason): Promise<void>;
  /** The visitor pressed “Sign in” in the frame. */
  signInRequested(): void;
  /** The frame can't be had: calls that wait for it are told so. */
  fail(error: MessengerError): void;
  /** Everything that waits is told so; nothing is asked any more. */
  stop(error: MessengerError): void;
}

export function createAuth({ provider, variables, post, needFrame, onError }: AuthOptions): Auth {
  const source = createTokenSource();
  const pending = createPendingCalls();
  let state = visitor;
  let lastCall = 0;
  /** Once until somebody is signed in again: asking may well navigate away. */
  let askedToSignInAgain = false;

  const dispatch = (event: AuthEvent): void => {
    state = nextAuthState(state, event);
  };

  /** The page's own code: what it throws is its own affair and shows in the console. */
  async function callPage(name: "signIn" | "signOut" | "reAuthenticate"): Promise<void> {
    try {
      await provider()?.[name]?.();
    } catch (error) {
      console.error(error);
    }
  }

  const askPage: GetToken = async (request) => {
    const plugin = provider();
    return plugin?.getToken ? plugin.getToken(request) : readIdentity(variables());
  };

  /** A token handed over once is renewed by the plug-in alone: the page's variables may still hold somebody else's. */
  const sourceOf = (input: LoginSource | undefined): GetToken => {
    if (!input) return askPage;
    if (isSource(input)) return (request) => input.getToken(request);
    return async (request) =>
      request.reason === "start" || request.reason === "switch"
        ? input
        : ((await provider()?.getToken?.(request)) ?? null);
  };

  const superseded = (): MessengerError =>
    new MessengerError("identity_changed", "A later call of login() or logout() took this one's place.");

  /** @returns the number of the call, which takes the place of the one before */
  function begin(t: "login" | "logout"): number {
    source.cancel(superseded());
    pending.reject(superseded(), "login");
    askedToSignInAgain = false;
    dispatch({ t, call: ++lastCall });
    return lastCall;
  }

  function request(message: CallMessage): Promise<LoginResult | null> {
    const answer = pending.add(message);
    needFrame();
    post(message);
    return answer;
  }

  async function ask(reason: TokenReason): Promise<AssertedIdentity> {
    const call = lastCall;
    try {
      return await source.ask(reason);
    } catch (error) {
      if (call === lastCall) onError(error as MessengerError);
      throw error;
    }
  }

  /** @returns null where there is no token */
  async function signIn(
    findToken: (reason: TokenReason) => Promise<AssertedIdentity>,
  ): Promise<LoginResult | null> {
    const reason = asserted(state) ? "switch" : "start";
    const call = begin("login");
    try {
      const identity = await findToken(reason);
      // The provider's answer and a later call may fall into one turn of the event loop.
      if (call !== lastCall) throw superseded();
      if (!identity) return null;
      dispatch({ t: "tokenFound", call, identity });
      return await request({ t: "login", identity, request: call });
    } finally {
      dispatch({ t: "settled", call });
    }
  }

  const signInFrom = (input?: LoginSource): Promise<LoginResult | null> =>
    signIn((reason) => {
      source.use(sourceOf(input));
      return ask(reason);
    });

  async function start(): Promise<void> {
    if (state.kind === "signedOut" && state.because === "visitor") await signInFrom().catch(() => {});
  }

  async function logout(everywhere: boolean): Promise<void> {
    const somebody = asserted(state);
    const call = begin("logout");
    try {
      await request({ t: "logout", everywhere, request: call });
    } finally {
      dispatch({ t: "settled", call });
    }
    // Only where somebody was: a provider whose signOut() calls logout() would go round for ever.
    if (somebody) callPage("signOut");
  }

  async function recheck(): Promise<void> {
    if (state.kind !== "signedIn") return start();
    const before = state.identity;
    const call = lastCall;
    const identity = await ask("start").catch(() => before);
    if (call !== lastCall) return;
    if (!identity) await logout(false).catch(() => {});
    else if (tokenOf(identity) !== tokenOf(before)) await signIn(async () => identity).catch(() => {});
  }

  async function renew(number: number, reason: TokenReason): Promise<void> {
    const call = lastCall;
    const before = asserted(state);
    // What failed has been reported; the frame needs to know only that there is no token.
    const found = before && (await ask(reason).catch(() => null));
    // The token that has just expired or was refused is no renewal, and neither is one that a later call has overtaken.
    const fresh = before && found && tokenOf(found) !== tokenOf(before) && call === lastCall;
    const identity = fresh ? found : null;
    if (identity) dispatch({ t: "renewed", identity });
    else if (before && call === lastCall && reason !== "expiring" && !askedToSignInAgain) {
      askedToSignInAgain = true;
      callPage("reAuthenticate");
    }
    post({ t: "token", ask: number, identity });
  }

  return {
    start,
    login: async (input) => {
      const result = await signInFrom(input);
      if (result) return result;
      throw new MessengerError(
        "sign_in_required",
        "There is no token to sign in with. Pass { contactJwt }, { platformJwt } or { getToken }, or register an AuthProvider.",
      );
    },
    logout,
    recheck,
    resume: () => {
      const messages = pending.messages();
      const [first] = messages;
      return first?.t === "login"
        ? { identity: first.identity, request: first.request, messages: [] }
        : { identity: first ? null : asserted(state), request: 0, messages };
    },
    answered: pending.answer,
    authenticated: () => {
      askedToSignInAgain = false;
      source.accepted();
    },
    ended: (reason) => dispatch({ t: "ended", reason }),
    renew,
    signInRequested: () => {
      callPage("signIn");
    },
    fail: pending.reject,
    stop: (error) => {
      lastCall++;
      source.cancel(error);
      pending.reject(error);
    },
  };
}

const isSource = (input: LoginSource): input is { readonly getToken: GetToken } =>
  "getToken" in Object(input);
