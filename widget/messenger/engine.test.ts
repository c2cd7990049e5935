/** The engine in front of a companion in memory: what customers and visitors get. */

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

describe("a signed-in customer", () => {
  test("gets a session at the start, and the host is told in order", async () => {
    await tab.start(jwt("ada.1"));
    expect(companion.requests).toEqual(["POST /sessions"]);
    expect(tab.events()).toEqual(["ready", "authenticating", "authenticated", "result"]);
    expect(tab.result(1)).toMatchObject({ ok: true, value: { contact: { id: "ada", name: "ada" } } });
    expect(tab.model.session.value).toMatchObject({ kind: "open", verified: true });
    expect(tab.model.link.value.kind).toBe("live");
  });

  test("sees what was written before, then what is written now, each once", async () => {
    companion.agentSays("ada", "Welcome back");
    await tab.start(jwt("ada.1"));
    tab.model.send("Hello");
    await pass(0);
    companion.agentSays("ada", "How can I help?");
    await pass(0);
    expect(tab.lines()).toEqual(["Welcome back(-)", "Hello(sent)", "How can I help?(-)"]);
    expect(tab.model.thread.value).toMatchObject({ lastSeq: 3, hasOlder: false });
  });

  test("is counted and told what agents wrote, until it is read", async () => {
    companion.agentSays("ada", "One");
    await tab.start(jwt("ada.1"));
    companion.agentSays("ada", "Two");
    await pass(1000);
    expect(tab.model.unread.value).toBe(2);
    expect(tab.posted.filter(({ t }) => t === "unread").at(-1)).toEqual({ t: "unread", count: 2 });
    expect(tab.posted.filter(({ t }) => t === "messageReceived")).toMatchObject([{ seq: 2 }]);
    tab.model.markRead(2);
    expect(tab.model.unread.value).toBe(0);
    expect(tab.posted.at(-1)).toEqual({ t: "unread", count: 0 });
    expect(companion.sockets[0]?.frames.filter(({ t }) => t === "delivered" || t === "read")).toEqual([
      { t: "delivered", seq: 2 },
      { t: "read", seq: 2 },
    ]);
  });

  test("logs in again with the same token without a request", async () => {
    await tab.start(jwt("ada.1"));
    const request = tab.login("ada.1");
    await pass(0);
    expect(tab.result(request)).toMatchObject({ ok: true, value: { contact: { id: "ada" } } });
    expect(companion.requests).toEqual(["POST /sessions"]);
  });

  test("logs in with another token of the same identity: the session is renewed and nothing is lost", async () => {
    await tab.start(jwt("ada.1"), "open");
    tab.model.send("Hello");
    tab.model.setDraft("half a wor");
    await pass(0);
    const request = tab.login("ada.2");
    await pass(0);
    expect(tab.result(request)).toMatchObject({ ok: true });
    expect(companion.requests.at(-1)).toBe("POST /session/renew");
    expect([tab.lines(), tab.model.draft.value]).toEqual([["Hello(sent)"], "half a wor"]);
    expect(tab.events()).not.toContain("loggedOut:switch");
    expect(tab.model.link.value.kind).toBe("live");
  });
});

describe("a visitor", () => {
  beforeEach(() => {
    tab = browser.tab("optional");
  });

  test("makes no request before the panel is opened, then gets an anonymous session", async () => {
    await tab.start(null);
    expect(companion.requests).toEqual([]);
    expect(tab.model.session.value).toEqual({ kind: "idle" });
    tab.openPanel();
    await pass(0);
    expect(companion.requests).toEqual(["POST /sessions"]);
    expect(tab.model.session.value).toMatchObject({ kind: "open", verified: false });
    expect(tab.events()).not.toContain("authenticated");
  });

  test("may write before the session is there", async () => {
    companion.holding = true;
    await tab.start(null, "open");
    tab.model.send("Is anybody there?");
    expect(tab.lines()).toEqual(["Is anybody there?(sending)"]);
    companion.holding = false;
    companion.held[0]?.answer();
    await pass(0);
    expect(tab.lines()).toEqual(["Is anybody there?(sent)"]);
  });

  test("finds the conversation again in this browser", async () => {
    await tab.start(null, "open");
    tab.model.send("Hello");
    await pass(0);
    const later = browser.tab("optional");
    await later.start(null, "open");
    expect(later.lines()).toEqual(["Hello(sent)"]);
  });

  test("who signs in leaves the anonymous session behind, ended", async () => {
    await tab.start(null, "open");
    tab.model.send("Hello");
    await pass(0);
    tab.login("ada.1");
    expect(tab.lines()).toEqual([]);
    await pass(0);
    expect(companion.requests).toEqual(["POST /sessions", "DELETE /session", "POST /sessions"]);
    expect(companion.sessions.get("session-1")?.state).toBe("revoked");
    expect(tab.model.session.value).toMatchObject({ contact: { id: "ada" } });
    expect(browser.storage.items.size).toBe(0);
    expect(tab.events()).not.toContain("loggedOut:switch");
  });

  test("whose anonymous session is stored is signed in under a new one", async () => {
    await tab.start(null, "open");
    tab.reload();
    await tab.start(jwt("ada.1"));
    expect(companion.sessions.get("session-1")?.state).toBe("revoked");
    expect(browser.storage.items.size).toBe(0);
  });
});

describe("without a network", () => {
  test("the session is opened as soon as there is one, and the host was told once", async () => {
    companion.network = "html";
    await tab.start(jwt("ada.1"));
    expect(tab.result(1)).toMatchObject({ ok: false, error: { code: "network", retryable: true } });
    await pass(60_000);
    expect(tab.events().filter((event) => event === "authError")).toHaveLength(1);
    companion.network = "up";
    await pass(16_000);
    expect(tab.model.session.value.kind).toBe("open");
    expect(tab.events().at(-1)).toBe("authenticated");
  });

  test("a request that is never answered ends after ten seconds", async () => {
    companion.holding = true;
    await tab.start(jwt("ada.1"));
    await pass(10_000);
    expect(tab.result(1)).toMatchObject({ ok: false, error: { code: "timeout" } });
  });

  test("words wait and are sent in order under their own ids when it is back", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.mute = true;
    tab.model.send("One");
    tab.model.send("Two");
    await pass(0);
    companion.mute = false;
    companion.sockets[0]?.close(1006);
    await pass(1000);
    expect(tab.lines()).toEqual(["One(sent)", "Two(sent)"]);
    expect(companion.messages("ada").map(({ text }) => text)).toEqual(["One", "Two"]);
  });
});
