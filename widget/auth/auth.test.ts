import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HostMessage, LoginResult } from "../bridge/messages.ts";
import { MessengerError } from "../bridge/messenger-error.ts";
import { createAuth } from "./auth.ts";
import type { AuthProvider } from "./auth-provider.ts";

const ada = { contactJwt: "ada" };
const bob = { contactJwt: "bob" };
const result = (name: string): LoginResult => ({
  contact: { id: name, platformKey: `v1/acme/AUTH/jwt/uid:${name}`, name },
  sessionExpiresAt: "2026-11-21T10:00:00.000Z",
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A host page with these variables, and a frame that has been asked for but answers only when told. */
function setUp(options: { variables?: object; provider?: AuthProvider } = {}) {
  const page = { variables: options.variables ?? {}, provider: options.provider ?? null };
  const posted: HostMessage[] = [];
  const needFrame = vi.fn();
  const onError = vi.fn<(error: MessengerError) => void>();
  const auth = createAuth({
    provider: () => page.provider,
    variables: () => page.variables,
    post: (message) => posted.push(message),
    needFrame,
    onError,
  });
  const requests = (t: "login" | "logout") =>
    posted.filter((message) => message.t === t) as Extract<HostMessage, { t: "login" | "logout" }>[];
  const accept = (call: { request: number } | undefined, value: LoginResult | null = null) =>
    auth.answered({ t: "result", request: call?.request ?? -1, ok: true, value });
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const signInAs = async (identity: typeof ada) => {
    const login = auth.login(identity);
    await settle();
    accept(requests("login").at(-1), result(identity.contactJwt));
    await login;
  };
  return { auth, page, posted, needFrame, onError, requests, accept, settle, signInAs };
}

test("a visitor's page needs no frame and reports nothing", async () => {
  const { auth, needFrame, onError } = setUp({ variables: { contactJwt: "", platformJwt: "" } });
  await auth.start();
  expect(needFrame).not.toHaveBeenCalled();
  expect(onError).not.toHaveBeenCalled();
});

test("the page's variables sign in at the start", async () => {
  const { auth, requests, settle, needFrame } = setUp({ variables: ada });
  void auth.start();
  await settle();
  expect(needFrame).toHaveBeenCalled();
  expect(requests("login")).toMatchObject([{ identity: ada }]);
});

test("a registered provider is asked in place of the variables, as a method", async () => {
  const provider = {
    token: bob,
    async getToken() {
      return this.token;
    },
  };
  const { auth, requests, settle } = setUp({ variables: ada, provider });
  void auth.start();
  await settle();
  expect(requests("login")).toMatchObject([{ identity: bob }]);
});

test("a placeholder is reported and asserts nobody", async () => {
  const { auth, onError, needFrame } = setUp({ variables: { contactJwt: "{{jwt}}" } });
  await auth.start();
  expect(onError.mock.calls).toMatchObject([[{ code: "placeholder_not_replaced" }]]);
  expect(needFrame).not.toHaveBeenCalled();
  expect(auth.resume().identity).toBeNull();
});

test("login() resolves with what the frame answers, and rejects with a MessengerError", async () => {
  const { auth, requests, settle, accept } = setUp();
  const good = auth.login(ada);
  await settle();
  accept(requests("login")[0], result("ada"));
  await expect(good).resolves.toEqual(result("ada"));
  const bad = auth.login(bob);
  await settle();
  const error = { code: "token_expired", message: "The token has expired.", retryable: false } as const;
  auth.answered({ t: "result", request: requests("login")[1]?.request ?? -1, ok: false, error });
  await expect(bad).rejects.toMatchObject({ name: "MessengerError", ...error });
});

test("login() with nothing to sign in with says so", async () => {
  const { auth } = setUp();
  await expect(auth.login()).rejects.toMatchObject({ code: "sign_in_required" });
  await expect(auth.login("a.b.c" as never)).rejects.toMatchObject({ code: "sign_in_required" });
});

test("a login is replaced by the next one, whether its token was there or not", async () => {
  const { auth, requests, settle, accept } = setUp();
  const waiting = auth.login({ getToken: () => new Promise(() => {}) });
  const sent = auth.login(ada);
  await expect(waiting).rejects.toMatchObject({ code: "identity_changed" });
  await settle();
  const last = auth.login(bob);
  await expect(sent).rejects.toMatchObject({ code: "identity_changed" });
  await settle();
  // The first answer comes late and decides nothing.
  accept(requests("login")[0], result("ada"));
  accept(requests("login")[1], result("bob"));
  await expect(last).resolves.toEqual(result("bob"));
  expect(auth.resume().identity).toEqual(bob);
});

test("logout() cancels the login under way, whose token is never sent", async () => {
  const { auth, requests, settle, accept } = setUp();
  let hand: (token: typeof ada) => void = () => {};
  const login = auth.login({
    getToken: () =>
      new Promise((resolve) => {
        hand = resolve;
      }),
  });
  await settle();
  hand(ada);
  const logout = auth.logout(false);
  await expect(login).rejects.toMatchObject({ code: "identity_changed" });
  await settle();
  accept(requests("logout")[0]);
  await logout;
  expect(requests("login")).toEqual([]);
  expect(auth.resume().identity).toBeNull();
});

test("logout() reaches the frame even where none was loaded, for its stored anonymous session", async () => {
  const { auth, requests, needFrame } = setUp();
  void auth.logout(true);
  expect(needFrame).toHaveBeenCalled();
  expect(requests("logout")).toMatchObject([{ everywhere: true }]);
});

test("after logout() the page's variables count no longer, whatever asks", async () => {
  const { auth, requests, settle, accept } = setUp({ variables: ada });
  void auth.start();
  await settle();
  accept(requests("login")[0], result("ada"));
  const logout = auth.logout(false);
  accept(requests("logout")[0]);
  await logout;
  await auth.start();
  await auth.recheck();
  await auth.renew(1, "expired");
  expect(auth.resume()).toEqual({ identity: null, request: 0, messages: [] });
  expect(requests("login")).toHaveLength(1);
});

test("the provider's signOut runs after the session has ended, once, even where it calls logout() itself", async () => {
  const signOut = vi.fn(async () => {
    void auth.logout(false);
    await settle();
  });
  const { auth, requests, settle, accept, signInAs } = setUp({ provider: { signOut } });
  await signInAs(ada);
  const logout = auth.logout(false);
  await settle();
  expect(signOut).not.toHaveBeenCalled();
  accept(requests("logout")[0]);
  await logout;
  await settle();
  accept(requests("logout")[1]);
  await settle();
  expect(signOut).toHaveBeenCalledOnce();
});

test("a frame that loads again is told who is here, or given again what it had not answered", async () => {
  const { auth, settle, requests, accept } = setUp();
  const login = auth.login(ada);
  await settle();
  const { request } = requests("login")[0] ?? {};
  expect(auth.resume()).toEqual({ identity: ada, request, messages: [] });
  accept(requests("login")[0], result("ada"));
  await login;
  expect(auth.resume()).toEqual({ identity: ada, request: 0, messages: [] });
  void auth.logout(false);
  void auth.login(bob).catch(() => {});
  await settle();
  expect(auth.resume()).toMatchObject({
    identity: null,
    request: 0,
    messages: [{ t: "logout" }, { t: "login", identity: bob }],
  });
});

test("a refused identity stays asserted: its owner never turns into a visitor", async () => {
  const { auth, requests, settle } = setUp({ variables: ada });
  void auth.start();
  await settle();
  const error = { code: "token_expired", message: "Expired.", retryable: false } as const;
  auth.answered({ t: "result", request: requests("login")[0]?.request ?? -1, ok: false, error });
  await settle();
  expect(auth.resume().identity).toEqual(ada);
});

test("renewal asks the source that signed in, and answers with the fresh token", async () => {
  const getToken = vi.fn(async () => ({ contactJwt: `ada ${getToken.mock.calls.length}` }));
  const { auth, posted, requests, settle, accept } = setUp();
  const login = auth.login({ getToken });
  await settle();
  accept(requests("login")[0], result("ada"));
  await login;
  await auth.renew(7, "expiring");
  expect(getToken.mock.lastCall).toEqual([{ reason: "expiring", signal: expect.anything() }]);
  expect(posted.at(-1)).toEqual({ t: "token", ask: 7, identity: { contactJwt: "ada 2" } });
  expect(auth.resume().identity).toEqual({ contactJwt: "ada 2" });
});

test("a token handed over once is not renewed from variables that may be somebody else's", async () => {
  const { auth, posted, signInAs } = setUp({ variables: ada });
  await signInAs(bob);
  await auth.renew(1, "expired");
  expect(posted.at(-1)).toEqual({ t: "token", ask: 1, identity: null });
});

test("the token that has just expired is no renewal; the provider is asked to sign in again, once", async () => {
  const reAuthenticate = vi.fn(async () => {});
  const { auth, page, posted, requests, settle, accept } = setUp({
    variables: ada,
    provider: { reAuthenticate },
  });
  void auth.start();
  await settle();
  accept(requests("login")[0], result("ada"));
  await settle();
  await auth.renew(1, "expiring");
  expect(reAuthenticate).not.toHaveBeenCalled();
  await auth.renew(2, "expired");
  await auth.renew(3, "expired");
  expect(posted.at(-1)).toEqual({ t: "token", ask: 3, identity: null });
  expect(reAuthenticate).toHaveBeenCalledOnce();
  page.variables = { contactJwt: "ada, later" };
  await auth.renew(4, "expired");
  expect(posted.at(-1)).toMatchObject({ ask: 4, identity: { contactJwt: "ada, later" } });
});

test("a renewal that fails says why to the page, and to the frame that there is no token", async () => {
  const { auth, posted, onError, requests, settle, accept } = setUp();
  let working = true;
  const login = auth.login({ getToken: () => (working ? Promise.resolve(ada) : Promise.reject("down")) });
  await settle();
  accept(requests("login")[0], result("ada"));
  await login;
  working = false;
  await auth.renew(1, "expired");
  expect(onError.mock.calls).toMatchObject([[{ code: "network" }]]);
  expect(posted.at(-1)).toEqual({ t: "token", ask: 1, identity: null });
});

test("a renewal that a login overtakes hands over nobody's token", async () => {
  const { auth, posted, settle, signInAs } = setUp({
    provider: {
      getToken: () => new Promise((resolve) => setTimeout(resolve, 50, { contactJwt: "ada, later" })),
    },
  });
  await signInAs(ada);
  const renewal = auth.renew(1, "expired");
  void auth.login(bob).catch(() => {});
  await vi.advanceTimersByTimeAsync(60);
  await renewal;
  await settle();
  expect(posted.find((message) => message.t === "token")).toMatchObject({ ask: 1, identity: null });
});

test("back from the page cache with another token in the variables, that one is signed in", async () => {
  const { auth, page, requests, settle, accept } = setUp({ variables: ada });
  void auth.start();
  await settle();
  accept(requests("login")[0], result("ada"));
  await settle();
  await auth.recheck();
  expect(requests("login")).toHaveLength(1);
  page.variables = bob;
  void auth.recheck();
  await settle();
  expect(requests("login")[1]).toMatchObject({ identity: bob });
});

test("back from the page cache with nobody in the variables, the session is ended", async () => {
  const { auth, page, requests, settle, accept } = setUp({ variables: ada });
  void auth.start();
  await settle();
  accept(requests("login")[0], result("ada"));
  await settle();
  page.variables = {};
  void auth.recheck();
  await settle();
  expect(requests("logout")).toHaveLength(1);
});

test("the page's own failures in signIn and its like show in the console and break nothing", async () => {
  const shown = vi.spyOn(console, "error").mockImplementation(() => {});
  const { auth, settle } = setUp({ provider: { signIn: () => Promise.reject(new Error("popup blocked")) } });
  auth.signInRequested();
  await settle();
  expect(shown).toHaveBeenCalledOnce();
  shown.mockRestore();
});

test("when the messenger is taken away, whatever waits is told so and nothing is reported besides", async () => {
  const { auth, onError, settle } = setUp();
  const waiting = auth.login({ getToken: () => new Promise(() => {}) });
  await settle();
  const logoutOnly = setUp();
  const logout = logoutOnly.auth.logout(false);
  const gone = new MessengerError("destroyed", "Gone.");
  auth.stop(gone);
  logoutOnly.auth.stop(gone);
  await expect(waiting).rejects.toBe(gone);
  await expect(logout).rejects.toBe(gone);
  expect(onError).not.toHaveBeenCalled();
});
