import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { messengerError } from "../bridge/messenger-error.ts";
import type { TokenRequest } from "./auth-provider.ts";
import { ada, bob, result, setUp } from "./fixtures/host-page.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a visitor's page needs no frame and reports nothing", async () => {
  const { auth, need, onError } = setUp({ variables: { contactJwt: "", platformJwt: "" } });
  await auth.start();
  expect(need).not.toHaveBeenCalled();
  expect(onError).not.toHaveBeenCalled();
});

test("the page's variables sign in at the start", async () => {
  const { auth, requests, settle, need } = setUp({ variables: ada });
  void auth.start();
  await settle();
  expect(need).toHaveBeenCalled();
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
  const { auth, onError, need } = setUp({ variables: { contactJwt: "{{jwt}}" } });
  await auth.start();
  expect(onError.mock.calls).toMatchObject([[{ code: "placeholder_not_replaced" }]]);
  expect(need).not.toHaveBeenCalled();
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
  auth.hear({ t: "result", request: requests("login")[1]?.request ?? -1, ok: false, error });
  await expect(bad).rejects.toMatchObject({ name: "MessengerError", ...error });
});

test("login() with nothing to sign in with says so", async () => {
  const { auth } = setUp();
  await expect(auth.login()).rejects.toMatchObject({ code: "sign_in_required" });
  await expect(auth.login("a.b.c" as never)).rejects.toMatchObject({
    code: "request_invalid",
    message: expect.stringContaining("login(): found string"),
  });
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
  const logout = auth.logout();
  await expect(login).rejects.toMatchObject({ code: "identity_changed" });
  await settle();
  accept(requests("logout")[0]);
  await logout;
  expect(requests("login")).toEqual([]);
  expect(auth.resume().identity).toBeNull();
});

test("logout() reaches the frame even where none was loaded, for its stored anonymous session", async () => {
  const { auth, requests, need } = setUp();
  void auth.logout({ everywhere: true });
  expect(need).toHaveBeenCalled();
  expect(requests("logout")).toMatchObject([{ everywhere: true }]);
});

test("after logout() the page's variables count no longer, whatever asks", async () => {
  const { auth, requests, settle, accept, renew } = setUp({ variables: ada });
  void auth.start();
  await settle();
  accept(requests("login")[0], result("ada"));
  const logout = auth.logout();
  accept(requests("logout")[0]);
  await logout;
  await auth.start();
  await auth.recheck();
  await renew(1, "expired");
  expect(auth.resume()).toEqual({ identity: null, messages: [] });
  expect(requests("login")).toHaveLength(1);
});

test("the provider's signOut runs after the session has ended, once, even where it calls logout() itself", async () => {
  const signOut = vi.fn(async () => {
    void auth.logout();
    await settle();
  });
  const { auth, requests, settle, accept, signInAs } = setUp({ provider: { signOut } });
  await signInAs(ada);
  const logout = auth.logout();
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
  expect(auth.resume()).toEqual({ identity: ada, messages: requests("login") });
  accept(requests("login")[0], result("ada"));
  await login;
  expect(auth.resume()).toEqual({ identity: ada, messages: [] });
  void auth.logout();
  void auth.login(bob).catch(() => {});
  await settle();
  expect(auth.resume()).toMatchObject({
    identity: null,
    messages: [{ t: "logout" }, { t: "login", identity: bob }],
  });
});

test("a refused identity stays asserted: its owner never turns into a visitor", async () => {
  const { auth, requests, settle } = setUp({ variables: ada });
  void auth.start();
  await settle();
  const error = { code: "token_expired", message: "Expired.", retryable: false } as const;
  auth.hear({ t: "result", request: requests("login")[0]?.request ?? -1, ok: false, error });
  await settle();
  expect(auth.resume().identity).toEqual(ada);
});

test("renewal asks the source that signed in, and answers with the fresh token", async () => {
  const getToken = vi.fn(async () => ({ contactJwt: `ada ${getToken.mock.calls.length}` }));
  const { auth, posted, requests, settle, accept, renew } = setUp();
  const login = auth.login({ getToken });
  await settle();
  accept(requests("login")[0], result("ada"));
  await login;
  await renew(7, "expiring");
  expect(getToken.mock.lastCall).toEqual([{ reason: "expiring", signal: expect.anything() }]);
  expect(posted.at(-1)).toEqual({ t: "token", ask: 7, identity: { contactJwt: "ada 2" } });
  expect(auth.resume().identity).toEqual({ contactJwt: "ada 2" });
});

test("a token handed over once is not renewed from variables that may be somebody else's", async () => {
  const { posted, signInAs, renew } = setUp({ variables: ada });
  await signInAs(bob);
  await renew(1, "expired");
  expect(posted.at(-1)).toEqual({ t: "token", ask: 1, identity: null });
});

test("the token that has just expired is no renewal; the provider is asked to sign in again, once", async () => {
  const reAuthenticate = vi.fn(async () => {});
  const { auth, page, posted, requests, settle, accept, renew } = setUp({
    variables: ada,
    provider: { reAuthenticate },
  });
  void auth.start();
  await settle();
  accept(requests("login")[0], result("ada"));
  await settle();
  await renew(1, "expiring");
  expect(reAuthenticate).not.toHaveBeenCalled();
  await renew(2, "expired");
  await renew(3, "expired");
  expect(posted.at(-1)).toEqual({ t: "token", ask: 3, identity: null });
  expect(reAuthenticate).toHaveBeenCalledOnce();
  page.variables = { contactJwt: "ada, later" };
  await renew(4, "expired");
  expect(posted.at(-1)).toMatchObject({ ask: 4, identity: { contactJwt: "ada, later" } });
});

test("a renewal that fails says why to the page, and to the frame that there is no token", async () => {
  const { auth, posted, onError, requests, settle, accept, renew } = setUp();
  let working = true;
  const login = auth.login({ getToken: () => (working ? Promise.resolve(ada) : Promise.reject("down")) });
  await settle();
  accept(requests("login")[0], result("ada"));
  await login;
  working = false;
  await renew(1, "expired");
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
  auth.hear({ t: "tokenWanted", ask: 1, reason: "expired" });
  void auth.login(bob).catch(() => {});
  await vi.advanceTimersByTimeAsync(60);
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
  auth.hear({ t: "signInRequested" });
  await settle();
  expect(shown).toHaveBeenCalledOnce();
  shown.mockRestore();
});

test("when the messenger is taken away, whatever waits is told so and nothing is reported besides", async () => {
  const { auth, onError, settle } = setUp();
  const waiting = auth.login({ getToken: () => new Promise(() => {}) });
  await settle();
  const logoutOnly = setUp();
  const logout = logoutOnly.auth.logout();
  const gone = messengerError("destroyed", "Gone.");
  auth.stop(gone);
  logoutOnly.auth.stop(gone);
  await expect(waiting).rejects.toBe(gone);
  await expect(logout).rejects.toBe(gone);
  expect(onError).not.toHaveBeenCalled();
});

test("two who ask at the same time share one answer of the page", async () => {
  const getToken = vi.fn(async () => ({ contactJwt: `ada ${getToken.mock.calls.length}` }));
  const { auth, posted, requests, settle, accept } = setUp();
  const login = auth.login({ getToken });
  await settle();
  accept(requests("login")[0], result("ada"));
  await login;
  auth.hear({ t: "tokenWanted", ask: 1, reason: "expiring" });
  auth.hear({ t: "tokenWanted", ask: 2, reason: "expired" });
  await settle();
  expect(getToken).toHaveBeenCalledTimes(2);
  const tokens = posted.flatMap((message) => (message.t === "token" ? [message.ask] : []));
  expect(tokens).toEqual([1, 2]);
});

test("while tokens are refused, the page is left in peace for longer and longer, until somebody is signed in", async () => {
  const getToken = vi.fn(async () => ({ contactJwt: `ada ${getToken.mock.calls.length}` }));
  const { auth, posted, settle, renew } = setUp({ provider: { getToken } });
  void auth.start();
  await settle();
  const pauseBefore = async (ask: number): Promise<number> => {
    const before = Date.now();
    await renew(ask, "rejected");
    while (!posted.some((message) => message.t === "token" && message.ask === ask))
      await vi.advanceTimersToNextTimerAsync();
    return Date.now() - before;
  };
  expect([await pauseBefore(1), await pauseBefore(2), await pauseBefore(3), await pauseBefore(4)]).toEqual([
    0, 500, 1000, 1500,
  ]);
  auth.hear({ t: "authenticated", contact: result("ada").contact });
  expect(await pauseBefore(5)).toBe(0);
});

test("a question that a later call made pointless is told so by its signal, also while it waits", async () => {
  const getToken = vi.fn((_: TokenRequest) => new Promise<null>(() => {}));
  const { auth, settle } = setUp();
  const login = auth.login({ getToken });
  await settle();
  void auth.logout();
  await expect(login).rejects.toMatchObject({ code: "identity_changed" });
  expect(getToken.mock.calls[0]?.[0].signal.aborted).toBe(true);
  const unasked = auth.login({ getToken });
  void auth.logout();
  await expect(unasked).rejects.toMatchObject({ code: "identity_changed" });
  expect(getToken).toHaveBeenCalledOnce();
});

test("whenever a logout falls between the page's answer and its use, the token is not sent after it", async () => {
  for (let turns = 0; turns < 12; turns++) {
    const { auth, posted, settle } = setUp();
    const login = auth.login(ada);
    login.catch(() => {});
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    void auth.logout();
    await expect(login).rejects.toMatchObject({ code: "identity_changed" });
    await settle();
    expect(posted.at(-1)?.t).toBe("logout");
    expect(auth.resume().identity).toBeNull();
  }
});

test("a session that ends while its renewal is under way is not brought back", async () => {
  const getToken = () =>
    new Promise<typeof ada>((resolve) => setTimeout(resolve, 50, { contactJwt: "later" }));
  const { auth, posted, signInAs } = setUp({ provider: { getToken } });
  await signInAs(ada);
  auth.hear({ t: "tokenWanted", ask: 1, reason: "expired" });
  auth.hear({ t: "loggedOut", reason: "elsewhere" });
  await vi.advanceTimersByTimeAsync(60);
  expect(auth.resume().identity).toBeNull();
  expect(posted.at(-1)).toEqual({ t: "token", ask: 1, identity: null });
});

test("the page's function may call back into the messenger", async () => {
  const { auth, requests, settle } = setUp();
  const outer = auth.login({
    getToken: async () => {
      void auth.login(bob).catch(() => {});
      return ada;
    },
  });
  await expect(outer).rejects.toMatchObject({ code: "identity_changed" });
  await settle();
  expect(requests("login")).toMatchObject([{ identity: bob }]);
});

test("a failed login leaves who was there; after a logout it does not make the page's variables count again", async () => {
  const { auth, settle, requests, accept, signInAs } = setUp({ variables: bob });
  await signInAs(ada);
  await expect(auth.login({ getToken: async () => null })).rejects.toMatchObject({
    code: "sign_in_required",
  });
  expect(auth.resume().identity).toEqual(ada);
  const logout = auth.logout();
  accept(requests("logout")[0]);
  await logout;
  await expect(auth.login({ getToken: async () => null })).rejects.toThrow();
  await auth.start();
  await settle();
  expect(auth.resume().identity).toBeNull();
  expect(requests("login")).toHaveLength(1);
});

test("the end of the session before does not end the login under way, but what it would fall back to", async () => {
  const { auth, settle, requests, accept, signInAs } = setUp();
  await signInAs(ada);
  const login = auth.login(bob);
  await settle();
  auth.hear({ t: "loggedOut", reason: "elsewhere" });
  accept(requests("login")[1], result("bob"));
  await login;
  expect(auth.resume().identity).toEqual(bob);

  const without = auth.login({ getToken: async () => null });
  auth.hear({ t: "loggedOut", reason: "elsewhere" });
  await expect(without).rejects.toThrow();
  expect(auth.resume().identity).toBeNull();
});

test("a logout elsewhere signs out, a switch does not", async () => {
  const { auth, signInAs } = setUp();
  await signInAs(ada);
  auth.hear({ t: "loggedOut", reason: "switch" });
  expect(auth.resume().identity).toEqual(ada);
  auth.hear({ t: "loggedOut", reason: "elsewhere" });
  expect(auth.resume().identity).toBeNull();
});
