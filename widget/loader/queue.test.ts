import { expect, test, vi } from "vitest";
import { stub } from "../../shared/snippet.ts";
import type { MessengerApi } from "./api.ts";
import { type Queued, takeOver } from "./queue.ts";

/** A page on which the stub has run and the loader has not. */
function stubbed(): MessengerApi & { q: Queued[] } {
  const page = {} as { Messenger: MessengerApi & { q: Queued[] } };
  const script = stub("https://chat.example/messenger.js").replace("import(", "void(");
  new Function("window", script)(page);
  return page.Messenger;
}

function apiWith(methods: Partial<MessengerApi>): MessengerApi {
  return methods as MessengerApi;
}

test("calls made before run in the order made", () => {
  const messenger = stubbed();
  const order: string[] = [];
  messenger.open();
  messenger.hide();
  messenger.close();
  const log = (name: string) => () => void order.push(name);
  takeOver(messenger.q, apiWith({ open: log("open"), hide: log("hide"), close: log("close") }));
  expect(order).toEqual(["open", "hide", "close"]);
});

test("promises made before settle as the calls do", async () => {
  const messenger = stubbed();
  const login = messenger.login({ contactJwt: "a.b.c" });
  const logout = messenger.logout();
  const called = vi.fn(async () => "signed in");
  takeOver(
    messenger.q,
    apiWith({ login: called as never, logout: () => Promise.reject(new Error("offline")) }),
  );
  await expect(login).resolves.toBe("signed in");
  await expect(logout).rejects.toThrow("offline");
  expect(called).toHaveBeenCalledWith({ contactJwt: "a.b.c" });
});

test("a call that throws rejects its promise, and the next ones still run", async () => {
  const messenger = stubbed();
  const registered = messenger.registerPlugin("Nothing" as never, {}) as unknown as Promise<void>;
  messenger.open();
  const open = vi.fn();
  takeOver(
    messenger.q,
    apiWith({
      open,
      registerPlugin: () => {
        throw new Error("no such plug-in");
      },
    }),
  );
  await expect(registered).rejects.toThrow("no such plug-in");
  expect(open).toHaveBeenCalledOnce();
});

test("unsubscribing before loading and after loading both end just that subscription", () => {
  const messenger = stubbed();
  const early = messenger.on("opened", () => {});
  const kept = messenger.on("closed", () => {});
  early();
  const ended: string[] = [];
  takeOver(messenger.q, apiWith({ on: (event) => () => void ended.push(event) }));
  expect(ended).toEqual(["opened"]);
  kept();
  expect(ended).toEqual(["opened", "closed"]);
});

test("a method cached before loading runs at once afterwards, and its promise settles", async () => {
  const messenger = stubbed();
  const { login } = messenger;
  takeOver(messenger.q, apiWith({ login: async () => "now" as never }));
  await expect(login()).resolves.toBe("now");
});
