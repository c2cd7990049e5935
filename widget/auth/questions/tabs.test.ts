import { afterEach, expect, test, vi } from "vitest";
import type { AssertedIdentity } from "../../bridge/messages.ts";
import { createTabs } from "./tabs.ts";
import { createLockTurns } from "./turns.ts";

/** The real ones: happy-dom has neither. */
const { locks, BroadcastChannel: Channel } = await vi.importActual<{
  locks: LockManager;
  BroadcastChannel: typeof BroadcastChannel;
}>("node:worker_threads");

const expired = { contactJwt: "ada.expired" };
const fresh = { contactJwt: "ada.fresh" };
const never = new AbortController().signal;

let browsers = 0;
let channels: BroadcastChannel[] = [];

afterEach(() => {
  for (const channel of channels) channel.close();
  channels = [];
});

/** Tabs of one page's origin, with real locks and real channels between them. */
function openBrowser() {
  const name = `tabs ${++browsers}`;
  const openChannel = () => {
    const channel = new Channel(name);
    channels.push(channel);
    return channel;
  };
  const turns = createLockTurns(locks);
  return { openTab: () => createTabs(name, turns, openChannel), openChannel };
}

/** The page's function, answered by hand. */
function page() {
  let answer: (identity: AssertedIdentity) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const ask = vi.fn(
    () =>
      new Promise<AssertedIdentity>((resolve, reject) => {
        answer = resolve;
        fail = reject;
      }),
  );
  return {
    ask,
    answer: (identity: AssertedIdentity) => answer(identity),
    fail: (error: Error) => fail(error),
  };
}

test("of many tabs whose token has expired, one asks its page and all have the token", async () => {
  const { openTab } = openBrowser();
  const pages = Array.from({ length: 8 }, page);
  const renewals = pages.map(({ ask }) => openTab().renew("ada", expired, never, ask));
  await vi.waitUntil(() => pages.some(({ ask }) => ask.mock.calls.length > 0));
  for (const { answer } of pages) answer(fresh);
  expect(await Promise.all(renewals)).toEqual(pages.map(() => fresh));
  expect(pages.filter(({ ask }) => ask.mock.calls.length > 0)).toHaveLength(1);
});

test("where the tab that was at it failed, the next one asks its own page", async () => {
  const { openTab } = openBrowser();
  const [first, second] = [page(), page()];
  const failed = openTab().renew("ada", expired, never, first.ask);
  await vi.waitUntil(() => first.ask.mock.calls.length > 0);
  const renewed = openTab().renew("ada", expired, never, second.ask);
  first.fail(new Error("down"));
  await expect(failed).rejects.toThrow("down");
  await vi.waitUntil(() => second.ask.mock.calls.length > 0);
  second.answer(fresh);
  await expect(renewed).resolves.toEqual(fresh);
});

test.each([
  { what: "of another contact", share: "bob", given: fresh },
  { what: "that is the one which was refused here", share: "ada", given: expired },
  { what: "of a contact that is not known here", share: null, given: fresh },
])("a token $what is not taken from another tab", async ({ share, given }) => {
  const { openTab } = openBrowser();
  const [first, second] = [page(), page()];
  const other = openTab().renew("ada", { contactJwt: "another" }, never, first.ask);
  await vi.waitUntil(() => first.ask.mock.calls.length > 0);
  const renewed = openTab().renew(share, expired, never, second.ask);
  first.answer(given);
  await other;
  await vi.waitUntil(() => second.ask.mock.calls.length > 0);
  second.answer({ contactJwt: "own" });
  await expect(renewed).resolves.toEqual({ contactJwt: "own" });
});

test("a tab whose page had nothing new has nothing to tell the others", async () => {
  const { openTab } = openBrowser();
  const [first, second] = [page(), page()];
  const one = openTab().renew("ada", expired, never, first.ask);
  await vi.waitUntil(() => first.ask.mock.calls.length > 0);
  const two = openTab().renew("ada", { contactJwt: "ada.another" }, never, second.ask);
  first.answer(expired);
  await expect(one).resolves.toEqual(expired);
  await vi.waitUntil(() => second.ask.mock.calls.length > 0);
  second.answer(fresh);
  await expect(two).resolves.toEqual(fresh);
});

test("an authorization code is never passed on: tabs that ask for one only queue", async () => {
  const { openTab, openChannel } = openBrowser();
  const heard = vi.fn();
  openChannel().onmessage = heard;
  const [first, second] = [page(), page()];
  const code = (authCode: string) => ({ authCode, redirectUri: "https://acme.example/back" });
  const one = openTab().renew(null, expired, never, first.ask);
  await vi.waitUntil(() => first.ask.mock.calls.length > 0);
  const two = openTab().renew(null, expired, never, second.ask);
  await new Promise((resolve) => setTimeout(resolve));
  expect(second.ask).not.toHaveBeenCalled();
  first.answer(code("1"));
  await expect(one).resolves.toEqual(code("1"));
  await vi.waitUntil(() => second.ask.mock.calls.length > 0);
  second.answer(code("2"));
  await expect(two).resolves.toEqual(code("2"));
  expect(heard).not.toHaveBeenCalled();
});

test("what is no token is not taken, whoever says it", async () => {
  const { openTab, openChannel } = openBrowser();
  const site = openChannel();
  const [first, second] = [page(), page()];
  void openTab().renew("ada", expired, never, first.ask);
  await vi.waitUntil(() => first.ask.mock.calls.length > 0);
  const renewed = openTab().renew("ada", expired, never, second.ask);
  for (const identity of [null, "a.b.c", { contactJwt: 7 }, { contactJwt: "{{jwt}}" }, { authCode: "c" }])
    site.postMessage({ contactId: "ada", identity });
  for (const data of [null, 7, [], { contactId: "ada" }]) site.postMessage(data);
  site.postMessage({ contactId: "ada", identity: { ...fresh, more: "left out" } });
  await expect(renewed).resolves.toEqual(fresh);
  first.answer(null);
});

test("a renewal that is overtaken while it waits rejects with the reason, and does not ask later", async () => {
  const { openTab } = openBrowser();
  const [first, second] = [page(), page()];
  const abort = new AbortController();
  const one = openTab().renew("ada", expired, never, first.ask);
  await vi.waitUntil(() => first.ask.mock.calls.length > 0);
  const two = openTab().renew("ada", expired, abort.signal, second.ask);
  const because = new Error("logout");
  abort.abort(because);
  await expect(two).rejects.toBe(because);
  first.answer(null);
  await expect(one).resolves.toBeNull();
  await new Promise((resolve) => setTimeout(resolve));
  expect(second.ask).not.toHaveBeenCalled();
});

test("without a channel each tab asks its own page, one after the other", async () => {
  const turns = createLockTurns(locks);
  const openTab = () => createTabs("tabs without a channel", turns, () => null);
  const [first, second] = [page(), page()];
  const one = openTab().renew("ada", expired, never, first.ask);
  await vi.waitUntil(() => first.ask.mock.calls.length > 0);
  const two = openTab().renew("ada", expired, never, second.ask);
  first.answer(fresh);
  await one;
  await vi.waitUntil(() => second.ask.mock.calls.length > 0);
  second.answer(fresh);
  await expect(two).resolves.toEqual(fresh);
});
