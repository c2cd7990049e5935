import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { messengerError } from "../bridge/messenger-error.ts";
import type { AuthProvider, TokenReason, TokenRequest } from "./auth-provider.ts";
import { ada, bob, result, setUp } from "./fixtures/host-page.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const code = (authCode: string) => ({ authCode, redirectUri: "https://www.acme.example/back" });
const counted = () => {
  const getToken = vi.fn(async (_: TokenRequest) => ({ contactJwt: `token ${getToken.mock.calls.length}` }));
  return getToken;
};
const refusal = { code: "signature_invalid", message: "Refused.", retryable: false } as const;

/** Turns the clock until the frame has its answer. */
async function answered({ tokenFor, renew }: ReturnType<typeof setUp>, ask: number, reason: TokenReason) {
  await renew(ask, reason);
  for (let seconds = 0; tokenFor(ask) === undefined && seconds < 60; seconds++)
    await vi.advanceTimersByTimeAsync(1_000);
  return tokenFor(ask);
}

test("a page that only fills its variables never loads what asks functions and renews", async () => {
  const { auth, loadQuestions, requests, settle, accept } = setUp({ variables: ada });
  void auth.start();
  await settle();
  accept(requests("login")[0], result("ada"));
  await auth.recheck();
  const logout = auth.logout();
  accept(requests("logout")[0]);
  await logout;
  expect(loadQuestions).not.toHaveBeenCalled();
});

test("the reason is `start` where nobody is here, `switch` where somebody is", async () => {
  const getToken = counted();
  const { auth, settle } = setUp({ provider: { getToken } });
  void auth.login().catch(() => {});
  await settle();
  void auth.login().catch(() => {});
  await settle();
  expect(getToken.mock.calls.map(([{ reason }]) => reason)).toEqual(["start", "switch"]);
});

test.each([["expiring"], ["expired"], ["rejected"]] as const)(
  "a renewal hands on its reason: %s",
  async (reason) => {
    const getToken = counted();
    const stage = setUp({ provider: { getToken } });
    void stage.auth.start();
    await stage.settle();
    await stage.renew(1, reason);
    expect(getToken.mock.lastCall?.[0].reason).toBe(reason);
  },
);

test("a provider without getToken is asked for a code, as a method, and all of it reaches the frame", async () => {
  const found = { ...code("c1"), codeVerifier: "v".repeat(43), nonce: "n", maxAge: 60, iss: "https://login" };
  const provider = {
    found,
    async getAuthCode() {
      return this.found;
    },
  };
  const { auth, requests, settle } = setUp({ provider, variables: ada });
  void auth.start();
  await settle();
  expect(requests("login")).toMatchObject([{ identity: found }]);
});

test("of a provider that has both, getToken alone is asked, and its null is a visitor", async () => {
  const getAuthCode = vi.fn(async () => code("c1"));
  const { auth, need } = setUp({ provider: { getToken: async () => null, getAuthCode } });
  await auth.start();
  expect(getAuthCode).not.toHaveBeenCalled();
  expect(need).not.toHaveBeenCalled();
});

test.each([
  { input: code("c1"), identity: code("c1") },
  { input: { idToken: "a.b.c", nonce: "n" }, identity: { idToken: "a.b.c", nonce: "n" } },
  { input: { getAuthCode: async () => code("c2") }, identity: code("c2") },
  { input: { ...ada, getToken: async () => bob }, identity: ada },
])("login() takes $input", async ({ input, identity }) => {
  const { auth, requests, settle } = setUp();
  void auth.login(input);
  await settle();
  expect(requests("login")).toMatchObject([{ identity }]);
});

test("a token handed over beside its function is used first, the function renews", async () => {
  const { auth, renew, tokenFor, settle } = setUp();
  void auth.login({ ...ada, getToken: async () => ({ contactJwt: "later" }) });
  await settle();
  await renew(1, "expiring");
  expect(tokenFor(1)).toEqual({ contactJwt: "later" });
});

test("a code that was handed over is never asserted for anybody again", async () => {
  const { auth, requests, settle, onError } = setUp();
  void auth.login(code("c1")).catch(() => {});
  await settle();
  void auth.login(bob).catch(() => {});
  await settle();
  await expect(auth.login(code("c1"))).rejects.toMatchObject({
    code: "request_invalid",
    message: expect.stringContaining("works once"),
  });
  await expect(auth.login({ ...code("c1"), nonce: "another" })).rejects.toThrow("works once");
  expect(requests("login")).toHaveLength(2);
  expect(onError).toHaveBeenCalledTimes(2);
});

test("the same code twice in a row is the same sign-in: the first one is overtaken, or its session goes on", async () => {
  const { auth, requests, settle, accept } = setUp();
  const [first, second] = [auth.login(code("c1")), auth.login(code("c1"))];
  await expect(first).rejects.toMatchObject({ code: "identity_changed" });
  await settle();
  accept(requests("login")[0], result("ada"));
  await second;
  void auth.login(code("c1"));
  await settle();
  expect(requests("login")).toHaveLength(2);
});

test("a renewal that answers with the code in use is none, one with an older code says so", async () => {
  const codes = [code("c1"), code("c1"), code("c2"), code("c1")];
  const stage = setUp({ provider: { getAuthCode: async () => codes.shift() ?? null } });
  void stage.auth.start();
  await stage.settle();
  expect(await answered(stage, 1, "rejected")).toBeNull();
  expect(await answered(stage, 2, "rejected")).toEqual(code("c2"));
  expect(stage.onError).not.toHaveBeenCalled();
  expect(await answered(stage, 3, "rejected")).toBeNull();
  expect(stage.onError.mock.calls).toMatchObject([[{ code: "request_invalid" }]]);
});

test("five tokens refused in a row are enough: then one error, and the page is left in peace until login()", async () => {
  const getToken = counted();
  const reAuthenticate = vi.fn(async () => {});
  const stage = setUp({ provider: { getToken, reAuthenticate } });
  void stage.auth.start();
  await stage.settle();
  for (let ask = 1; ask <= 4; ask++) expect(await answered(stage, ask, "rejected")).not.toBeNull();
  expect(getToken).toHaveBeenCalledTimes(5);
  expect(stage.auth.hear({ t: "authError", error: refusal })).not.toBeNull();
  for (let ask = 5; ask <= 8; ask++) {
    expect(await answered(stage, ask, ask % 2 ? "rejected" : "expired")).toBeNull();
    expect(stage.auth.hear({ t: "authError", error: refusal })).toBeNull();
  }
  expect(getToken).toHaveBeenCalledTimes(5);
  expect(reAuthenticate).not.toHaveBeenCalled();
  void stage.auth.login().catch(() => {});
  await stage.settle();
  expect(getToken).toHaveBeenCalledTimes(6);
  expect(stage.auth.hear({ t: "authError", error: refusal })).not.toBeNull();
});

test("tokens that were accepted in between do not add up", async () => {
  const getToken = counted();
  const stage = setUp({ provider: { getToken } });
  void stage.auth.start();
  await stage.settle();
  for (let ask = 1; ask <= 24; ask += 4) {
    expect(await answered(stage, ask, "expired")).not.toBeNull();
    expect(await answered(stage, ask + 1, "rejected")).not.toBeNull();
    stage.authenticate("ada");
    expect(await answered(stage, ask + 2, "rejected")).not.toBeNull();
    expect(await answered(stage, ask + 3, "rejected")).not.toBeNull();
    stage.authenticate("ada");
  }
  // A session that is open and about to expire was opened by the token before.
  for (let ask = 25; ask <= 36; ask += 2) {
    expect(await answered(stage, ask, "expiring")).not.toBeNull();
    expect(await answered(stage, ask + 1, "rejected")).not.toBeNull();
  }
});

test("a page that gives the same token again and again is no storm: its next fresh one is taken", async () => {
  const tokens = [...Array(7).fill({ contactJwt: "cached" }), { contactJwt: "fresh" }];
  const stage = setUp({ provider: { getToken: async () => tokens.shift() } });
  void stage.auth.start();
  await stage.settle();
  for (let ask = 1; ask <= 6; ask++) expect(await answered(stage, ask, "expired")).toBeNull();
  expect(await answered(stage, 7, "expired")).toEqual({ contactJwt: "fresh" });
});

test("a cached token that expired long after it was fetched is an expiry, and nobody's clock", async () => {
  const stage = setUp({ provider: { getToken: async () => ({ contactJwt: "cached" }) } });
  void stage.auth.start();
  await stage.settle();
  vi.advanceTimersByTime(3_600_000);
  await answered(stage, 1, "expired");
  const error = { ...refusal, code: "token_expired" } as const;
  expect(stage.auth.hear({ t: "tokenExpired" })).toEqual({ t: "tokenExpired" });
  expect(stage.auth.hear({ t: "authError", error })).toBeNull();
});

test("the page is asked to sign in again once, not in good time, and not for a fault that may pass", async () => {
  let answer: () => Promise<typeof ada | null> = async () => ada;
  const reAuthenticate = vi.fn(async () => {});
  const stage = setUp({ provider: { getToken: () => answer(), reAuthenticate } });
  void stage.auth.start();
  await stage.settle();
  answer = async () => null;
  await answered(stage, 1, "expiring");
  answer = () => Promise.reject(new Error("offline"));
  await answered(stage, 2, "expired");
  expect(reAuthenticate).not.toHaveBeenCalled();
  answer = async () => null;
  for (let ask = 3; ask < 6; ask++) expect(await answered(stage, ask, "expired")).toBeNull();
  expect(reAuthenticate).toHaveBeenCalledOnce();
  stage.authenticate("ada");
  await answered(stage, 6, "rejected");
  expect(reAuthenticate).toHaveBeenCalledTimes(2);
});

test("a renewal of somebody who was signed out meanwhile asks nobody to sign in again", async () => {
  const reAuthenticate = vi.fn(async () => {});
  let hand: (token: null) => void = () => {};
  const waiting = new Promise<null>((resolve) => {
    hand = resolve;
  });
  const tokens: Promise<typeof ada | null>[] = [Promise.resolve(ada), waiting];
  const getToken = async () => (await tokens.shift()) ?? null;
  const stage = setUp({ provider: { getToken, reAuthenticate } });
  void stage.auth.start();
  await stage.settle();
  await stage.renew(1, "expired");
  stage.auth.hear({ t: "loggedOut", reason: "elsewhere" });
  hand(null);
  await stage.settle();
  expect(stage.tokenFor(1)).toBeNull();
  expect(reAuthenticate).not.toHaveBeenCalled();
});

test.each([
  { what: "variables", source: undefined },
  { what: "login()", source: ada },
])(
  "back from the page cache in the middle of a renewal, who came by $what is not signed out",
  async ({ source }) => {
    const stage = setUp({ variables: source ? {} : ada });
    void stage.auth.login(source);
    await stage.settle();
    stage.accept(stage.requests("login")[0], result("ada"));
    await stage.settle();
    stage.auth.hear({ t: "tokenWanted", ask: 1, reason: "expired" });
    await stage.auth.recheck();
    expect(stage.requests("logout")).toEqual([]);
  },
);

test("a static token that has expired: one event, one text that names login(), which continues", async () => {
  const stage = setUp({ variables: ada });
  void stage.auth.start();
  await stage.settle();
  stage.accept(stage.requests("login")[0], result("ada"));
  const expired = { code: "token_expired", message: "The token expired.", retryable: false } as const;
  const heard = [];
  for (let ask = 1; ask < 4; ask++) {
    expect(await answered(stage, ask, "expired")).toBeNull();
    heard.push(stage.auth.hear({ t: "tokenExpired" }), stage.auth.hear({ t: "authError", error: expired }));
  }
  expect(heard.filter((message) => message !== null)).toEqual([{ t: "tokenExpired" }]);
  expect(vi.mocked(console.error).mock.calls).toEqual([
    [expect.stringMatching(/token_expired: .*Messenger\.login\(newToken\)/)],
  ]);
  const login = stage.auth.login(bob);
  await stage.settle();
  stage.accept(stage.requests("login")[1], result("bob"));
  await expect(login).resolves.toEqual(result("bob"));
  expect(stage.auth.hear({ t: "tokenExpired" })).not.toBeNull();
});

test("renewals share by the contact that the frame named last, calls and codes by nobody's", async () => {
  const shared: (string | null)[] = [];
  const provider: AuthProvider = { getToken: counted() };
  const tabs = {
    renew: (share: string | null, _before: unknown, _signal: unknown, ask: () => Promise<never>) => {
      shared.push(share);
      return ask();
    },
  };
  const stage = setUp({ provider, tabs: tabs as never });
  void stage.auth.start();
  await stage.settle();
  await answered(stage, 1, "rejected");
  stage.authenticate("ada");
  await answered(stage, 2, "expiring");
  void stage.auth.login(bob).catch(() => {});
  await stage.settle();
  await answered(stage, 3, "rejected");
  stage.authenticate("bob");
  stage.page.provider = { getAuthCode: async () => code("c1") };
  await answered(stage, 4, "expiring");
  expect(shared).toEqual([null, "ada", null, null]);
});

test("a file that does not load fails the call and the renewal; the next one loads it", async () => {
  const failure = messengerError("network", "A file did not load.", true);
  const stage = setUp({ provider: { getToken: counted() } });
  stage.loadQuestions.mockRejectedValueOnce(failure);
  await expect(stage.auth.login()).rejects.toBe(failure);
  expect(stage.onError.mock.calls).toEqual([[failure]]);
  void stage.auth.login(ada).catch(() => {});
  await stage.settle();
  stage.loadQuestions.mockRejectedValueOnce(failure);
  expect(await answered(stage, 1, "expired")).toBeNull();
  expect(stage.onError).toHaveBeenCalledTimes(2);
  expect(await answered(stage, 2, "expired")).toEqual({ contactJwt: "token 1" });
});

test("back from the page cache while a login waits for the frame, that login stands", async () => {
  const getToken = counted();
  const stage = setUp({ provider: { getToken } });
  const login = stage.auth.login();
  await stage.settle();
  await stage.auth.recheck();
  expect(getToken).toHaveBeenCalledOnce();
  stage.accept(stage.requests("login")[0], result("ada"));
  await expect(login).resolves.toEqual(result("ada"));
});

test("where two calls wait for the file, both go to the one that was there first", async () => {
  const { auth, loadQuestions } = setUp({ provider: { getToken: counted() } });
  const made = [1, 2].map((number) => ({
    ask: vi.fn(async () => ({ contactJwt: `by ${number}` })),
    hear: vi.fn(),
    begin: vi.fn(),
    leave: vi.fn(),
  }));
  for (const questions of made) loadQuestions.mockResolvedValueOnce(questions);
  void auth.login().catch(() => {});
  void auth.login().catch(() => {});
  await vi.advanceTimersByTimeAsync(0);
  auth.hear({ t: "unread", count: 1 });
  expect(made.map(({ ask, hear }) => [ask.mock.calls.length, hear.mock.calls.length])).toEqual([
    [2, 1],
    [0, 0],
  ]);
});

test("a file that hangs keeps nobody waiting for a call that has been overtaken", async () => {
  const { auth, loadQuestions } = setUp({ provider: { getToken: counted() } });
  loadQuestions.mockImplementation(() => new Promise(() => {}));
  const [first, second] = [auth.login(), auth.login()];
  await expect(first).rejects.toMatchObject({ code: "identity_changed" });
  auth.stop(messengerError("destroyed", "Gone."));
  await expect(second).rejects.toMatchObject({ code: "destroyed" });
});

test("a logout at the provider ends on the provider's page, after the page's own signOut()", async () => {
  let signedOut: () => void = () => {};
  const signOut = vi.fn(
    () =>
      new Promise<void>((resolve) => {
        signedOut = resolve;
      }),
  );
  const { auth, navigate, requests, settle, accept, signInAs } = setUp({ provider: { signOut } });
  await signInAs(ada);
  const logout = auth.logout({ atProvider: true });
  expect(requests("logout")).toMatchObject([{ everywhere: false, atProvider: true }]);
  accept(requests("logout")[0], { endSessionUrl: "https://login.acme.example/logout?id=1" });
  await logout;
  await settle();
  expect(signOut).toHaveBeenCalledOnce();
  expect(navigate).not.toHaveBeenCalled();
  signedOut();
  await settle();
  expect(navigate.mock.calls).toEqual([["https://login.acme.example/logout?id=1"]]);
});

test("a signOut() that hangs holds the logout at the provider up for five seconds", async () => {
  const { auth, navigate, requests, settle, accept, signInAs } = setUp({
    provider: { signOut: () => new Promise(() => {}) },
  });
  await signInAs(ada);
  void auth.logout({ atProvider: true });
  accept(requests("logout")[0], { endSessionUrl: "https://login.acme.example/logout" });
  await settle();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(navigate).toHaveBeenCalledOnce();
});

test.each([["javascript:alert(1)"], ["data:text/html,x"], ["/logout"], ["  javascript:alert(1)//https://"]])(
  "the page does not go to %s",
  async (endSessionUrl) => {
    const { auth, navigate, requests, accept } = setUp();
    const logout = auth.logout({ atProvider: true });
    accept(requests("logout")[0], { endSessionUrl });
    await logout;
    await vi.runAllTimersAsync();
    expect(navigate).not.toHaveBeenCalled();
  },
);

test("who signs in while a logout at the provider is under way stays on the page", async () => {
  const { auth, navigate, requests, settle, accept } = setUp();
  const logout = auth.logout({ atProvider: true });
  void auth.login(bob).catch(() => {});
  await settle();
  accept(requests("logout")[0], { endSessionUrl: "https://login.acme.example/logout" });
  await logout;
  await vi.runAllTimersAsync();
  expect(navigate).not.toHaveBeenCalled();
});
