import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AuthProvider } from "../../auth/auth-provider.ts";
import { createPageQuestions } from "../../auth/questions/page-questions.ts";
import type { FrameMessage, HostMessage } from "../../bridge/messages.ts";
import { messengerError } from "../../bridge/messenger-error.ts";
import { createEvents } from "../events.ts";
import { createView, type View } from "../view.ts";
import { createConnection } from "./connection.ts";

const appearance = {
  title: "Acme",
  accent: "#ffd400",
  position: "left",
  theme: "auto",
  locale: "auto",
} as const;
const contact = { id: "1", platformKey: "v1/acme/AUTH/jwt/uid:ada", name: "Ada" };
const value = { contact, sessionExpiresAt: "2026-11-21T10:00:00.000Z" };

let ends: (() => void)[] = [];

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  for (const end of ends) end();
  ends = [];
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A connection on a page, and the frame's end of the bridge played by the test. */
function setUp(options: { variables?: object; provider?: AuthProvider } = {}) {
  const events = createEvents();
  const life = new AbortController();
  const view: View = createView(
    { appearance: {}, strings: { send: "Go" } },
    () => {},
    () => {},
  );
  // Kept out of the document, so that its frames load nothing; the test says when they have.
  view.remove();
  const setOpen = (open: boolean) => {
    view.show({ open });
    connection.sync();
  };
  const close = vi.fn(() => setOpen(false));
  const connection = createConnection({
    origin: "https://chat.example",
    deploymentId: "acme web",
    variables: () => options.variables ?? {},
    provider: () => options.provider ?? null,
    loadQuestions: async () => ({ createPageQuestions }),
    events,
    view,
    close,
    signal: life.signal,
  });
  ends.push(() => life.abort(messengerError("destroyed", "Gone.")));
  const frame = () => view.root.querySelector("iframe");

  /** Lets the frame load, and answers with its port and everything that the host has sent to it. */
  function load() {
    const received: HostMessage[] = [];
    let port: MessagePort | undefined;
    const postMessage = (_: unknown, origin: string, [transferred]: [MessagePort]) => {
      expect(origin).toBe("https://chat.example");
      port = transferred;
      port.onmessage = ({ data }) => received.push(data);
    };
    Object.defineProperty(frame(), "contentWindow", { configurable: true, value: { postMessage } });
    frame()?.dispatchEvent(new Event("load"));
    return { received, say: (message: FrameMessage) => port?.postMessage(message) };
  }
  const heard = (name: Parameters<typeof events.on>[0]) => {
    const handler = vi.fn();
    events.on(name, handler);
    return handler;
  };
  return { connection, setOpen, view, close, frame, load, heard, life };
}

test("no frame is there until one is needed", async () => {
  const { connection, setOpen, frame } = setUp();
  connection.start();
  await Promise.resolve();
  expect(frame()).toBeNull();
  setOpen(true);
  expect(frame()?.name).toBe("vouch-messenger");
  expect(frame()?.title).toBe("Messenger");
  expect(frame()?.getAttribute("src")).toBe("https://chat.example/embed/acme%20web");
});

test("a visitor's frame is started with nobody, and told that it is open", async () => {
  const { setOpen, load } = setUp();
  setOpen(true);
  const { received } = load();
  await vi.waitFor(() => expect(received).toHaveLength(1));
  expect(received[0]).toEqual({
    t: "start",
    settings: { appearance: {}, strings: { send: "Go" } },
    identity: null,
    request: 0,
    open: true,
    canSignIn: false,
    sharedDevice: false,
  });
});

test("a login waits for the frame, goes to it with its start, and comes back", async () => {
  const { connection, load, frame } = setUp();
  const login = connection.login({ contactJwt: "a.b.c" });
  await vi.waitFor(() => expect(frame()).not.toBeNull());
  const { received, say } = load();
  await vi.waitFor(() => expect(received).toHaveLength(2));
  const identity = { contactJwt: "a.b.c" };
  expect(received).toMatchObject([
    { t: "start", identity, open: false },
    { t: "login", identity },
  ]);
  const [, call] = received;
  say({ t: "ready", appearance });
  say({ t: "result", request: call?.t === "login" ? call.request : -1, ok: true, value });
  await expect(login).resolves.toEqual(value);
});

test("a frame that loads again while nobody has answered is asked again", async () => {
  const { connection, load, frame } = setUp();
  const logout = connection.logout();
  await vi.waitFor(() => expect(frame()).not.toBeNull());
  load();
  const { received, say } = load();
  await vi.waitFor(() => expect(received).toHaveLength(2));
  expect(received).toMatchObject([{ t: "start", identity: null }, { t: "logout" }]);
  const [, again] = received;
  say({ t: "result", request: again?.t === "logout" ? again.request : -1, ok: true, value: null });
  await expect(logout).resolves.toBeUndefined();
});

test("what the frame says becomes looks, badge and events", async () => {
  const { setOpen, load, heard, view } = setUp();
  const [authenticated, unread, messageReceived, loggedOut, error] = (
    ["authenticated", "unread", "messageReceived", "loggedOut", "error"] as const
  ).map(heard);
  setOpen(true);
  const { say } = load();
  say({ t: "ready", appearance });
  say({ t: "authenticated", contact });
  say({ t: "unread", count: 2 });
  say({ t: "messageReceived", id: "m", seq: 7 });
  say({ t: "error", error: { code: "unavailable", message: "Later.", retryable: true } });
  await vi.waitFor(() => expect(error).toHaveBeenCalled());
  expect(view.root.className).toBe("left open");
  expect(authenticated?.mock.calls).toEqual([[{ contact }]]);
  expect(unread?.mock.calls).toEqual([[{ count: 2 }]]);
  expect(messageReceived?.mock.calls).toEqual([[{ id: "m", seq: 7 }]]);
  expect(error?.mock.calls).toEqual([[{ code: "unavailable", message: "Later." }]]);
  expect(view.launcher.textContent).toBe("2");
  say({ t: "loggedOut", reason: "elsewhere" });
  await vi.waitFor(() => expect(loggedOut).toHaveBeenCalledWith({ reason: "elsewhere" }));
  expect(view.launcher.querySelector("span")?.hidden).toBe(true);
});

test("the frame's close button closes", async () => {
  const { setOpen, load, close } = setUp();
  setOpen(true);
  const { say, received } = load();
  say({ t: "closeRequested" });
  await vi.waitFor(() => expect(received).toContainEqual({ t: "panel", open: false }));
  expect(close).toHaveBeenCalledOnce();
});

test("“Sign in” reaches the page's listeners and its provider, and the frame knows whether there is one", async () => {
  const signIn = vi.fn(async () => {});
  const { setOpen, load, heard } = setUp({ provider: { signIn } });
  setOpen(true);
  const { say, received } = load();
  const asked = heard("signInRequested");
  say({ t: "signInRequested" });
  await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
  expect(signIn).toHaveBeenCalledOnce();
  expect(received).toMatchObject([{ t: "start", canSignIn: true }]);
});

test("a listener of signInRequested makes signing in possible, its end impossible again; only changes are told", async () => {
  const { connection, setOpen, load, heard } = setUp();
  setOpen(true);
  const { received } = load();
  connection.sync();
  heard("signInRequested");
  connection.sync();
  connection.sync();
  await vi.waitFor(() => expect(received).toHaveLength(2));
  expect(received[1]).toEqual({ t: "canSignIn", canSignIn: true });
});

test("a frame blocked by the page's CSP is named with its directive, and what waits is rejected", async () => {
  const { connection, frame, close } = setUp();
  const login = connection.login({ contactJwt: "a.b.c" });
  await vi.waitFor(() => expect(frame()).not.toBeNull());
  const violation = (effectiveDirective: string, blockedURI: string, disposition = "enforce") =>
    document.dispatchEvent(
      Object.assign(new Event("securitypolicyviolation"), { effectiveDirective, blockedURI, disposition }),
    );
  violation("frame-src", "https://ads.example");
  violation("img-src", "https://chat.example/x.png");
  violation("frame-src", "https://chat.example", "report");
  expect(close).not.toHaveBeenCalled();
  violation("frame-src", "https://chat.example");
  await expect(login).rejects.toMatchObject({
    code: "blocked_by_csp",
    message: expect.stringContaining("https://chat.example to its frame-src"),
  });
  expect(close).toHaveBeenCalledOnce();
});

test("a frame that loads and does not answer names the allowed origins; the next need loads another", async () => {
  vi.useFakeTimers();
  const { setOpen, frame, load, heard } = setUp();
  const failed = heard("error");
  setOpen(true);
  const first = frame();
  for (const _ of ["once", "once more"]) {
    load();
    await vi.advanceTimersByTimeAsync(3_000);
  }
  expect(failed).toHaveBeenCalledWith({
    code: "origin_not_allowed",
    message: expect.stringContaining("allowedOrigins"),
  });
  expect(frame()).toBe(first);
  setOpen(true);
  expect(frame()).not.toBe(first);
});

test("destroy rejects what waits, and a frame that loads later is not talked to", async () => {
  const { connection, frame, life } = setUp();
  const login = connection.login({ contactJwt: "a.b.c" });
  const loading = await vi.waitUntil(frame);
  life.abort(messengerError("destroyed", "Gone."));
  await expect(login).rejects.toMatchObject({ code: "destroyed" });
  const postMessage = vi.fn();
  Object.defineProperty(loading, "contentWindow", { value: { postMessage } });
  loading.dispatchEvent(new Event("load"));
  expect(postMessage).not.toHaveBeenCalled();
});

test("a shared device is told to the frame from the page's variables", async () => {
  const { setOpen, load } = setUp({ variables: { sharedDevice: true } });
  setOpen(true);
  const { received } = load();
  await vi.waitFor(() => expect(received).toMatchObject([{ t: "start", sharedDevice: true }]));
});

test("a static token that expires is one event and one text, however often the frame meets it", async () => {
  const { connection, load, frame, heard } = setUp();
  void connection.login({ contactJwt: "a.b.c" }).catch(() => {});
  await vi.waitFor(() => expect(frame()).not.toBeNull());
  const { say, received } = load();
  const [tokenExpired, authError] = [heard("tokenExpired"), heard("authError")];
  for (let ask = 1; ask <= 3; ask++) {
    say({ t: "tokenWanted", ask, reason: "expired" });
    await vi.waitFor(() => expect(received).toContainEqual({ t: "token", ask, identity: null }));
    say({ t: "tokenExpired" });
    say({ t: "authError", error: { code: "token_expired", message: "It expired.", retryable: false } });
  }
  say({ t: "tokenExpiring", expiresAt: "2026-11-21T10:00:00.000Z" });
  const last = heard("tokenExpiring");
  await vi.waitFor(() => expect(last).toHaveBeenCalled());
  expect(tokenExpired).toHaveBeenCalledOnce();
  expect(authError).not.toHaveBeenCalled();
  expect(vi.mocked(console.error).mock.calls).toEqual([
    [expect.stringContaining("Messenger.login(newToken)")],
  ]);
});

test("a code with everything that belongs to it crosses to the frame, and a renewal brings another", async () => {
  let count = 0;
  const redirectUri = "https://www.acme.example/back";
  const getAuthCode = async () => ({
    authCode: `code ${++count}`,
    redirectUri,
    codeVerifier: "v".repeat(43),
    onUsed: () => {},
  });
  const { connection, load, frame } = setUp({ provider: { getAuthCode } });
  connection.start();
  await vi.waitFor(() => expect(frame()).not.toBeNull());
  const { say, received } = load();
  say({ t: "tokenWanted", ask: 1, reason: "rejected" });
  const identity = (authCode: string) => ({ authCode, redirectUri, codeVerifier: "v".repeat(43) });
  await vi.waitFor(() =>
    expect(received.at(-1)).toEqual({ t: "token", ask: 1, identity: identity("code 2") }),
  );
  expect(received[0]).toMatchObject({ t: "start", identity: identity("code 1") });
});
