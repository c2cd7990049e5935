/** How everything is gone after a logout, here and elsewhere. */

import { beforeEach, describe, expect, test } from "vitest";
import { FakeBrowser, type FakeTab, jwt } from "./fixtures/fake-browser.ts";
import type { FakeCompanion } from "./fixtures/fake-companion.ts";

let browser: FakeBrowser;
let companion: FakeCompanion;
let tab: FakeTab;
const pass = (ms: number) => browser.time.pass(ms);

beforeEach(() => {
  browser = new FakeBrowser();
  companion = browser.companion;
  tab = browser.tab();
});

describe("logout", () => {
  test("wipes at once, and is answered once the server has ended the session", async () => {
    await tab.start(jwt("ada.1"), "open");
    tab.model.send("Mine");
    tab.model.setDraft("more");
    await pass(0);
    companion.holding = true;
    const request = tab.logout();
    expect([tab.lines(), tab.model.draft.value]).toEqual([[], ""]);
    expect(tab.tabStorage.items.size).toBe(0);
    await pass(0);
    expect(tab.result(request)).toBeUndefined();
    companion.held[0]?.answer();
    await pass(0);
    expect(tab.result(request)).toEqual({ t: "result", request, ok: true, value: null });
    expect(tab.events()).toContain("loggedOut:logout");
    expect(browser.storage.items.size).toBe(0);
    expect(tab.model.session.value).toEqual({ kind: "loggedOut", canSignIn: true });
  });

  test("closes the connection and forgets the outbox before the server has heard of it", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.mute = true;
    companion.refuse = () => ({ code: "unavailable" });
    tab.model.send("Never sent");
    await pass(0);
    companion.holding = true;
    tab.logout();
    expect(companion.sockets[0]?.isOpen()).toBe(false);
    companion.refuse = null;
    companion.holding = false;
    tab.login("ada.2");
    await pass(30_000);
    expect(tab.model.session.value).toMatchObject({ contact: { id: "ada" } });
    expect([tab.lines(), companion.messages("ada")]).toEqual([[], []]);
  });

  test("of a login under way opens no session", async () => {
    await tab.start(jwt("ada.1"));
    companion.holding = true;
    tab.login("bob.1");
    await pass(0);
    tab.logout();
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(0);
    expect(companion.requests.filter((line) => line === "POST /sessions")).toHaveLength(1);
  });

  test("of a login whose old session turns out to be over opens no new one", async () => {
    await tab.start(jwt("ada.1"));
    companion.expire("session-1");
    companion.holding = true;
    tab.login("ada.2");
    await pass(0);
    expect(companion.requests.at(-1)).toBe("POST /session/renew");
    tab.logout();
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(0);
    expect(companion.requests.filter((line) => line === "POST /sessions")).toHaveLength(1);
  });

  test("is answered at once while offline, and ends the session when the network is back", async () => {
    await tab.start(jwt("ada.1"));
    companion.holding = true;
    tab.online = false;
    tab.engine.tell("offline");
    const request = tab.logout();
    await pass(0);
    expect(tab.result(request)).toMatchObject({ ok: true });
    companion.holding = false;
    tab.online = true;
    tab.engine.woken();
    await pass(0);
    expect(companion.sessions.get("session-1")?.state).toBe("revoked");
    expect(browser.storage.items.size).toBe(0);
  });

  test("that the server never heard of is repeated by the next frame of this browser", async () => {
    await tab.start(jwt("ada.1"));
    companion.network = "down";
    tab.logout();
    await pass(0);
    browser.tabs.delete(tab);
    companion.network = "up";
    browser.tab();
    await pass(0);
    expect(companion.sessions.get("session-1")?.state).toBe("revoked");
  });

  test("again, or of nobody, does no harm", async () => {
    await tab.start(null);
    const first = tab.logout();
    const second = tab.logout();
    await pass(0);
    expect([tab.result(first)?.ok, tab.result(second)?.ok]).toEqual([true, true]);
    expect(tab.events()).not.toContain("loggedOut:logout");
  });

  test("everywhere says so", async () => {
    await tab.start(jwt("ada.1"));
    tab.logout(true);
    await pass(0);
    expect(companion.requests.at(-1)).toBe("DELETE /session?everywhere=true");
  });

  test("in another tab counts here also while the session is still being opened", async () => {
    await tab.start(jwt("ada.1"));
    const other = browser.tab();
    companion.holding = true;
    await other.start(jwt("ada.2"), "open");
    await pass(10);
    tab.logout();
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(0);
    expect(other.events().at(-1)).toBe("loggedOut:elsewhere");
    expect(other.model.session.value).toMatchObject({ kind: "loggedOut" });
    expect([other.lines(), other.tabStorage.items.size, browser.storage.items.size]).toEqual([[], 0, 0]);
    expect(companion.requests.filter((line) => line === "DELETE /session")).toHaveLength(2);
  });

  test.each([
    ["nobody", null],
    ["the same customer", jwt("ada.3")],
    ["another customer", jwt("bob.1")],
  ])("is told to the other tabs also where the page was loaded for it and asserts %s", async (_, claim) => {
    await tab.start(jwt("ada.1"));
    const other = browser.tab();
    await other.start(jwt("ada.2"), "open");
    companion.holding = true;
    tab.reload();
    await tab.start(claim);
    tab.logout();
    expect(other.events().at(-1)).toBe("loggedOut:elsewhere");
    expect([other.lines(), other.tabStorage.items.size]).toEqual([[], 0]);
  });

  test("is told to the other tabs once it is known whose it was", async () => {
    const other = browser.tab();
    await other.start(jwt("ada.1"), "open");
    companion.holding = true;
    await tab.start(jwt("ada.2"));
    tab.logout();
    await pass(0);
    expect(other.events()).not.toContain("loggedOut:elsewhere");
    companion.held[0]?.answer();
    await pass(0);
    expect(other.events().at(-1)).toBe("loggedOut:elsewhere");
  });

  test("that another login has followed is not told to the tabs of the former", async () => {
    const other = browser.tab();
    await other.start(jwt("ada.1"), "open");
    companion.holding = true;
    await tab.start(jwt("ada.2"));
    tab.login("bob.1");
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(0);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "bob" } });
    expect(other.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
  });

  test("of one customer is nothing to the others in other tabs", async () => {
    await tab.start(jwt("ada.1"));
    const other = browser.tab();
    await other.start(jwt("bob.1"), "open");
    tab.logout();
    await pass(0);
    expect(other.model.session.value).toMatchObject({ kind: "open", contact: { id: "bob" } });
  });

  test("of several in other tabs is none forgotten while a session is being opened", async () => {
    await tab.start(jwt("ada.1"));
    const [second, third] = [browser.tab(), browser.tab()];
    await second.start(jwt("bob.1"));
    companion.holding = true;
    await third.start(jwt("ada.2"));
    await pass(10);
    tab.logout();
    second.logout();
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(0);
    expect(third.events().at(-1)).toBe("loggedOut:elsewhere");
  });

  test("is as old as the word of the page that a switch in another tab began with", async () => {
    await tab.start(jwt("ada.1"));
    const other = browser.tab();
    companion.holding = true;
    tab.login("bob.1");
    await pass(10);
    await other.start(jwt("ada.2"));
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(0);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "bob" } });
    expect(other.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
  });

  test("in another tab, or of somebody else, ends no session that the page asked for later", async () => {
    await tab.start(jwt("ada.1"));
    const other = browser.tab();
    await other.start(jwt("bob.1"));
    tab.logout();
    await pass(10);
    companion.holding = true;
    other.login("ada.2");
    await pass(0);
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(0);
    expect(other.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
    expect(other.events()).not.toContain("loggedOut:elsewhere");
  });

  test("in another tab logs out here, also with a session of another token", async () => {
    await tab.start(jwt("ada.1"));
    const other = browser.tab();
    await other.start(jwt("ada.2"));
    companion.network = "down";
    other.logout();
    expect(tab.events()).toContain("loggedOut:elsewhere");
    expect(tab.model.session.value.kind).toBe("loggedOut");
    expect(tab.tabStorage.items.size).toBe(0);
    companion.network = "up";
    await pass(60_000);
    expect([...companion.sessions.values()].map(({ state }) => state)).toEqual(["revoked", "revoked"]);
  });

  test("on another device arrives by the socket", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.end("session-1");
    await pass(0);
    expect(tab.events()).toContain("loggedOut:elsewhere");
    expect(tab.model.session.value.kind).toBe("loggedOut");
  });

  test("on another device is found out where the server just closes", async () => {
    await tab.start(jwt("ada.1"));
    const session = companion.sessions.get("session-1");
    if (session) session.state = "revoked";
    companion.sockets[0]?.close(4401, "session_revoked");
    await pass(0);
    expect(tab.events()).toContain("loggedOut:elsewhere");
  });
});
