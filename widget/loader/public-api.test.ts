import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type MessengerError, messengerError } from "../bridge/messenger-error.ts";
import type { MessengerApi } from "./api.ts";
import type { Connection, ConnectionOptions } from "./connected/connection.ts";
import { createPublicApi } from "./public-api.ts";

const result = {
  contact: { id: "1", platformKey: "v1/acme/AUTH/jwt/uid:ada", name: "Ada" },
  sessionExpiresAt: "2026-11-21T10:00:00.000Z",
};

let api: MessengerApi | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  api?.destroy();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The public surface with a connection that notes what it is told. */
function setUp(variables: object = { deploymentId: "acme-web" }) {
  const connection = {
    start: vi.fn(async (): Promise<MessengerError | undefined> => undefined),
    login: vi.fn(async () => result),
    logout: vi.fn(async () => {}),
    sync: vi.fn(),
  } satisfies Connection;
  const options: ConnectionOptions[] = [];
  const load = vi.fn(async () => ({
    createConnection: (given: ConnectionOptions) => {
      options.push(given);
      return connection;
    },
  }));
  const created = createPublicApi("https://chat.example", () => variables, {
    loadConnection: load,
    loadQuestions: () => Promise.reject(new Error("No question is expected.")),
  });
  api = created;
  const settle = () => vi.advanceTimersByTimeAsync(100);
  const launcher = () =>
    document.querySelector("vouch-messenger")?.shadowRoot?.querySelector("button") as HTMLButtonElement;
  return { messenger: created, connection, options, load, settle, launcher, variables };
}

test("a visitor's page loads nothing more, until the first click", async () => {
  const { messenger, load, settle, launcher, connection, options } = setUp();
  const opened = vi.fn();
  messenger.on("opened", opened);
  messenger.boot();
  await settle();
  messenger.registerPlugin("AuthProvider", { signIn: async () => {} });
  messenger.update({ appearance: { accent: "#ffd400" } });
  await settle();
  expect(load).not.toHaveBeenCalled();
  launcher().click();
  await settle();
  expect(load).toHaveBeenCalledOnce();
  expect(connection.sync).toHaveBeenCalledOnce();
  expect(options[0]?.view.looks().open).toBe(true);
  expect(opened).toHaveBeenCalledOnce();
});

test("a page whose token could not be passed on is asked again by who opens the messenger", async () => {
  const { messenger, load, settle, launcher, connection } = setUp({
    deploymentId: "acme-web",
    contactJwt: "a.b.c",
  });
  load.mockRejectedValueOnce(messengerError("network", "A file did not load.", true));
  connection.start.mockResolvedValueOnce(messengerError("network", "Another file did not load.", true));
  messenger.boot();
  await settle();
  expect(connection.start).not.toHaveBeenCalled();
  launcher().click();
  await settle();
  expect(connection.start).toHaveBeenCalledOnce();
  for (const _ of [1, 2, 3, 4]) launcher().click();
  await settle();
  expect(connection.start).toHaveBeenCalledTimes(2);
});

test("one whose provider names nobody is not asked again", async () => {
  const { messenger, settle, launcher, connection } = setUp({
    deploymentId: "acme-web",
    contactJwt: "a.b.c",
  });
  connection.start.mockResolvedValue(messengerError("sign_in_required", "There is no token."));
  messenger.boot();
  await settle();
  launcher().click();
  await settle();
  expect(connection.start).toHaveBeenCalledOnce();
});

test("ready is told once the launcher stands, also to those who ask later", async () => {
  const { messenger, launcher, settle } = setUp();
  const standing: boolean[] = [];
  messenger.on("ready", () => standing.push(launcher() !== null));
  messenger.boot();
  await settle();
  messenger.on("ready", () => standing.push(true));
  await settle();
  expect(standing).toEqual([true, true]);
});

test.each([["contactJwt"], ["platformJwt"]])(
  "a filled %s is signed in when the page is idle",
  async (name) => {
    const { messenger, connection, settle } = setUp({ deploymentId: "acme-web", [name]: "a.b.c" });
    messenger.boot();
    await settle();
    expect(connection.start).toHaveBeenCalled();
  },
);

test.each([["getToken"], ["getAuthCode"]])(
  "a provider with %s is asked whenever it is registered",
  async (name) => {
    const { messenger, connection, settle } = setUp();
    messenger.boot();
    await settle();
    expect(connection.start).not.toHaveBeenCalled();
    messenger.registerPlugin("AuthProvider", { [name]: async () => null });
    await settle();
    expect(connection.start).toHaveBeenCalledOnce();
  },
);

test("another plug-in is refused by name", () => {
  const { messenger } = setUp();
  expect(() => messenger.registerPlugin("Theme" as never, {})).toThrow(/Theme.*AuthProvider/);
});

test("login() and logout() bring the connection about and hand on what they were given", async () => {
  const { messenger, connection } = setUp();
  messenger.boot();
  await expect(messenger.login({ contactJwt: "a.b.c" })).resolves.toEqual(result);
  await messenger.logout({ everywhere: true });
  expect(connection.login).toHaveBeenCalledWith({ contactJwt: "a.b.c" });
  expect(connection.logout).toHaveBeenCalledWith({ everywhere: true });
});

test("open, close and toggle tell each change once", async () => {
  const { messenger, connection, settle, launcher, options } = setUp();
  const heard: string[] = [];
  messenger.on("opened", () => heard.push("opened"));
  messenger.on("closed", () => heard.push("closed"));
  messenger.boot();
  await settle();
  messenger.close();
  messenger.open();
  messenger.open();
  expect(launcher().getAttribute("aria-expanded")).toBe("true");
  messenger.toggle();
  await settle();
  expect(heard).toEqual(["opened", "closed"]);
  expect(connection.sync).toHaveBeenCalledTimes(2);
  expect(options[0]?.view.looks().open).toBe(false);
});

test("hide() takes the launcher away and show() brings it back", async () => {
  const { messenger, settle, launcher } = setUp();
  messenger.boot();
  await settle();
  messenger.hide();
  expect(launcher().hidden).toBe(true);
  messenger.show();
  expect(launcher().hidden).toBe(false);
});

test("updates add up, and reach a connection that comes later", async () => {
  const { messenger, options, settle, connection } = setUp();
  messenger.boot();
  messenger.update({ appearance: { theme: "dark" }, strings: { send: "Go" } });
  messenger.update({ appearance: { accent: "#ffd400" } });
  messenger.open();
  await settle();
  const settings = { appearance: { theme: "dark", accent: "#ffd400" }, strings: { send: "Go" } };
  expect(options[0]?.view.looks().settings).toEqual(settings);
  connection.sync.mockClear();
  messenger.update({ strings: { send: "Send it" } });
  await settle();
  expect(connection.sync).toHaveBeenCalledOnce();
  expect(options[0]?.view.looks().settings).toEqual({ ...settings, strings: { send: "Send it" } });
});

test("without a deploymentId nothing stands, and the console says what is missing", () => {
  const { messenger } = setUp({});
  const failed = vi.fn();
  messenger.on("error", failed);
  messenger.boot();
  expect(document.querySelector("vouch-messenger")).toBeNull();
  expect(failed).toHaveBeenCalledWith({
    code: "request_invalid",
    message: expect.stringContaining("deploymentId"),
  });
});

test("double boot and double destroy are harmless, and boot works again afterwards with other settings", async () => {
  const { messenger, options, settle } = setUp();
  messenger.destroy();
  messenger.boot();
  messenger.boot({ deploymentId: "ignored" });
  await settle();
  expect(document.querySelectorAll("vouch-messenger")).toHaveLength(1);
  messenger.destroy();
  messenger.destroy();
  expect(document.querySelectorAll("vouch-messenger")).toHaveLength(0);
  messenger.boot({ deploymentId: "other" });
  messenger.open();
  await settle();
  expect(options.map(({ deploymentId }) => deploymentId)).toEqual(["other"]);
});

test("destroy() ends the connection with the reason that pending calls reject with", async () => {
  const { messenger, options } = setUp();
  messenger.boot();
  await messenger.login({ contactJwt: "a.b.c" });
  const signal = options[0]?.signal;
  messenger.destroy();
  expect(signal?.reason).toMatchObject({ name: "MessengerError", code: "destroyed" });
  await expect(messenger.login()).rejects.toMatchObject({ code: "destroyed" });
  await expect(messenger.logout()).rejects.toMatchObject({ code: "destroyed" });
});

test("destroy() while the connection is loading rejects what waits for it, and creates none", async () => {
  const { messenger, options } = setUp();
  messenger.boot();
  const login = messenger.login({ contactJwt: "a.b.c" });
  messenger.destroy();
  await expect(login).rejects.toMatchObject({ code: "destroyed" });
  expect(options).toEqual([]);
});

test("a connection that does not load is a network error, closes the panel, and is tried again at the next need", async () => {
  const { messenger, load, settle, connection, options } = setUp();
  const failed = vi.fn();
  messenger.on("error", failed);
  messenger.boot();
  load.mockRejectedValueOnce(messengerError("network", "A file did not load.", true));
  messenger.open();
  await settle();
  expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: "network" }));
  load.mockRejectedValueOnce(messengerError("network", "A file did not load.", true));
  await expect(messenger.login()).rejects.toMatchObject({ code: "network", retryable: true });
  messenger.toggle();
  await settle();
  expect(connection.sync).toHaveBeenCalled();
  expect(options[0]?.view.looks().open).toBe(true);
});
