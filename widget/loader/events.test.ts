import { afterEach, expect, test, vi } from "vitest";
import { createEvents } from "./events.ts";

const contact = { id: "1", platformKey: "v1/acme/AUTH/jwt/uid:ada", name: "Ada" };
const microtask = () => Promise.resolve();

afterEach(() => vi.restoreAllMocks());

test("handlers hear the events of their name until they unsubscribe", () => {
  const events = createEvents();
  const heard = vi.fn();
  const off = events.on("unread", heard);
  events.emit("unread", { count: 1 });
  events.emit("opened", undefined);
  off();
  events.emit("unread", { count: 2 });
  expect(heard.mock.calls).toEqual([[{ count: 1 }]]);
});

test("the same function subscribed twice is heard twice, and each subscription ends by itself", () => {
  const events = createEvents();
  const heard = vi.fn();
  const off = events.on("opened", heard);
  events.on("opened", heard);
  events.emit("opened", undefined);
  off();
  events.emit("opened", undefined);
  expect(heard).toHaveBeenCalledTimes(3);
});

test("a handler that throws does not keep the others from hearing", () => {
  const shown = vi.spyOn(console, "error").mockImplementation(() => {});
  const events = createEvents();
  const heard = vi.fn();
  const fault = new Error("in the page");
  events.on("opened", () => {
    throw fault;
  });
  events.on("opened", heard);
  events.emit("opened", undefined);
  expect(heard).toHaveBeenCalledOnce();
  expect(shown).toHaveBeenCalledExactlyOnceWith(fault);
});

test("late subscribers are told ready and the present authentication state, and nothing that is past", async () => {
  const events = createEvents();
  events.emit("ready", undefined);
  events.emit("authenticating", undefined);
  events.emit("authenticated", { contact });
  events.emit("unread", { count: 1 });
  const heard: unknown[] = [];
  for (const name of ["ready", "authenticating", "authenticated", "unread"] as const)
    events.on(name, (detail) => heard.push([name, detail]));
  expect(heard).toEqual([]);
  await microtask();
  expect(heard).toEqual([
    ["ready", undefined],
    ["authenticated", { contact }],
  ]);
});

test("an unsubscribed handler is not told what it was too late for", async () => {
  const events = createEvents();
  events.emit("ready", undefined);
  const heard = vi.fn();
  events.on("ready", heard)();
  await microtask();
  expect(heard).not.toHaveBeenCalled();
});

test("a state that changes right after subscribing is told once, as it is now", async () => {
  const events = createEvents();
  events.emit("authenticated", { contact });
  const heard = vi.fn();
  events.on("authenticated", heard);
  const bob = { ...contact, name: "Bob" };
  events.emit("authenticated", { contact: bob });
  await microtask();
  expect(heard.mock.calls).toEqual([[{ contact: bob }]]);
});

test("a refused token while somebody is signed in does not sign out", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const events = createEvents();
  events.emit("authenticated", { contact });
  events.fail("authError", { code: "token_expired", message: "Expired." });
  const heard = vi.fn();
  events.on("authenticated", heard);
  await microtask();
  expect(heard).toHaveBeenCalledOnce();
});

test("a failure shows in the console with its code, for pages that do not listen", () => {
  const shown = vi.spyOn(console, "error").mockImplementation(() => {});
  const events = createEvents();
  const heard = vi.fn();
  events.on("error", heard);
  events.fail("error", { code: "timeout", message: "Nothing came." });
  expect(shown).toHaveBeenCalledWith("[Messenger] timeout: Nothing came.");
  expect(heard).toHaveBeenCalledWith({ code: "timeout", message: "Nothing came." });
});
