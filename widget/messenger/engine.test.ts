import { effect } from "@preact/signals";
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
    expect(tab.model.link.value).toEqual({ kind: "live" });
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

describe("the identity rule", () => {
  test("a reload with the same token takes up the stored session", async () => {
    await tab.start(jwt("ada.1"));
    tab.reload();
    await tab.start(jwt("ada.1"));
    expect(companion.requests).toEqual(["POST /sessions", "GET /session"]);
    expect(tab.model.session.value.kind).toBe("open");
  });

  test("a reload with another token of the same identity renews it", async () => {
    await tab.start(jwt("ada.1"));
    tab.reload();
    await tab.start(jwt("ada.2"));
    expect(companion.requests).toEqual(["POST /sessions", "POST /session/renew"]);
  });

  test("a reload with another identity ends it, then opens another", async () => {
    await tab.start(jwt("ada.1"));
    tab.reload();
    await tab.start(jwt("bob.1"));
    expect(companion.requests).toEqual([
      "POST /sessions",
      "POST /session/renew",
      "DELETE /session",
      "POST /sessions",
    ]);
    expect(tab.model.session.value).toMatchObject({ contact: { id: "bob" } });
  });

  test("a page without an identity ends a stored session and never shows it", async () => {
    await tab.start(jwt("ada.1"));
    tab.reload();
    await tab.start(null, "open");
    expect(companion.sessions.get("session-1")?.state).toBe("revoked");
    expect(tab.tabStorage.items.size).toBe(0);
    expect(tab.model.session.value).toEqual({ kind: "signInRequired", canSignIn: true });
  });

  test("another tab of the same page opens a session of its own", async () => {
    await tab.start(jwt("ada.1"));
    const other = browser.tab();
    await other.start(jwt("ada.1"));
    expect(companion.sessions.size).toBe(2);
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

describe("another identity", () => {
  test("sees nothing of the one before, from the call on", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.agentSays("ada", "Your balance is 12");
    await pass(0);
    tab.model.setDraft("my PIN is");
    const socket = companion.sockets[0];
    const before = tab.posted.length;
    tab.login("bob.1");
    expect([tab.lines(), tab.model.draft.value, tab.model.unread.value]).toEqual([[], "", 0]);
    companion.agentSays("ada", "Still there?");
    tab.model.send("typed into nothing");
    await pass(0);
    expect(tab.model.session.value).toMatchObject({ contact: { id: "bob" } });
    expect([tab.lines(), tab.model.draft.value]).toEqual([[], ""]);
    expect(companion.sessions.get("session-1")?.state).toBe("revoked");
    expect(socket?.isOpen()).toBe(false);
    expect(companion.messages("ada").map(({ text }) => text)).not.toContain("typed into nothing");
    expect(tab.events().slice(before)).toEqual([
      "authenticating",
      "unread",
      "loggedOut:switch",
      "authenticated",
      "result",
    ]);
  });

  test("never sends what the one before had in the outbox", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.network = "down";
    companion.sockets[0]?.close(1006);
    await pass(0);
    tab.model.send("From Ada");
    companion.network = "up";
    tab.login("bob.1");
    await pass(30_000);
    expect(companion.messages("bob")).toEqual([]);
    expect(tab.lines()).toEqual([]);
  });

  test("comes after the end of the one before", async () => {
    await tab.start(jwt("ada.1"));
    companion.holding = true;
    tab.login("bob.1");
    await pass(0);
    companion.held.shift()?.answer();
    await pass(0);
    expect(companion.held.map(({ line }) => line)).toEqual(["DELETE /session"]);
    expect(tab.tabStorage.items.size).toBe(0);
    companion.held.shift()?.answer();
    await pass(0);
    expect(companion.held.map(({ line }) => line)).toEqual(["POST /sessions"]);
  });

  test("is not told of what the one before has received", async () => {
    await tab.start(jwt("ada.1"));
    companion.agentSays("ada", "For Ada");
    await pass(0);
    tab.login("bob.1");
    await pass(2000);
    expect(companion.socketsOf("bob")[0]?.frames.map(({ t }) => t)).toEqual(["auth"]);
  });

  test("is never seen together with the conversation of the one before", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.agentSays("ada", "For Ada");
    await pass(0);
    companion.expiredIdentityTokens.add("ada.1");
    const seen: string[] = [];
    const stop = effect(() => {
      const phase = tab.model.session.value;
      for (const line of tab.lines())
        seen.push(`${"contact" in phase ? phase.contact.id : phase.kind}: ${line}`);
    });
    companion.expire("session-1");
    await pass(0);
    tab.say({ t: "token", ask: tab.lastAsk(), identity: jwt("bob.1") });
    await pass(0);
    stop();
    expect(tab.model.session.value).toMatchObject({ contact: { id: "bob" } });
    expect(new Set(seen)).toEqual(new Set(["ada: For Ada(-)"]));
    expect(tab.events()).toContain("loggedOut:switch");
  });

  test("is not logged out by what becomes known of the one before", async () => {
    await tab.start(jwt("ada.1"));
    const session = companion.sessions.get("session-1");
    if (session) session.state = "revoked";
    companion.holding = true;
    companion.sockets[0]?.close(4401);
    await pass(0);
    const check = companion.held.shift();
    companion.holding = false;
    tab.login("bob.1");
    await pass(0);
    check?.answer();
    await pass(0);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "bob" } });
  });

  test("whose token is bad shows nothing of the one before either, and the right one comes back to all of it", async () => {
    await tab.start(jwt("ada.1"), "open");
    tab.model.send("Mine");
    await pass(0);
    const request = tab.login("bad.1");
    await pass(0);
    expect(tab.result(request)).toMatchObject({ ok: false, error: { code: "signature_invalid" } });
    expect(tab.lines()).toEqual([]);
    expect(tab.model.session.value).toMatchObject({ kind: "failed", code: "signature_invalid" });
    tab.login("ada.2");
    await pass(0);
    expect(tab.lines()).toEqual(["Mine(sent)"]);
  });
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
    tab.engine.offline();
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
    companion.end("session-1", false);
    await pass(0);
    expect(tab.events()).toContain("loggedOut:elsewhere");
    expect(tab.model.session.value.kind).toBe("loggedOut");
  });

  test("on another device is found out where the server just closes", async () => {
    await tab.start(jwt("ada.1"));
    const session = companion.sessions.get("session-1");
    if (session) session.state = "revoked";
    companion.sockets[0]?.close(4401);
    await pass(0);
    expect(companion.requests.at(-1)).toBe("GET /session");
    expect(tab.events()).toContain("loggedOut:elsewhere");
  });
});

describe("expiry", () => {
  test("by idleness is mended when the customer acts, once for each time", async () => {
    await tab.start(jwt("ada.1"));
    companion.expire("session-1");
    await pass(60_000);
    expect(companion.requests).toEqual(["POST /sessions"]);
    expect(tab.events()).not.toContain("tokenExpired");
    tab.openPanel();
    await pass(0);
    expect(companion.sessions.get("session-2")?.state).toBe("alive");
    companion.expire("session-2");
    await pass(600_000);
    expect(companion.sessions.size).toBe(2);
    tab.engine.acted();
    await pass(0);
    expect(companion.sessions.size).toBe(3);
  });

  test("by idleness is mended when an open panel can be seen again", async () => {
    await tab.start(jwt("ada.1"), "open");
    tab.visible = false;
    companion.expire("session-1");
    await pass(60_000);
    tab.engine.woken();
    await pass(0);
    expect(companion.sessions.size).toBe(1);
    tab.visible = true;
    tab.engine.woken();
    await pass(0);
    expect(companion.sessions.size).toBe(2);
  });

  test("in the middle of a renewal waits for it", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.sockets[0]?.send({ t: "session", state: "expiring", expiresAt: "2026-11-22T09:30:00.000Z" });
    await pass(0);
    companion.holding = true;
    tab.say({ t: "token", ask: tab.lastAsk(), identity: jwt("ada.2") });
    await pass(0);
    companion.sockets[0]?.send({ t: "session", state: "expired", expiresAt: "2026-11-22T09:30:00.000Z" });
    await pass(0);
    companion.holding = false;
    companion.held[0]?.answer();
    await pass(0);
    expect(companion.requests).toEqual(["POST /sessions", "POST /session/renew"]);
    expect([tab.model.session.value.kind, tab.model.link.value.kind]).toEqual(["open", "live"]);
    expect([...companion.sessions.values()].map(({ state }) => state)).toEqual(["alive"]);
  });

  test("in front of a customer who was active is mended at once", async () => {
    await tab.start(jwt("ada.1"), "open");
    tab.model.send("Hello");
    await pass(0);
    companion.expire("session-1");
    await pass(0);
    expect(tab.model.session.value.kind).toBe("open");
    expect(tab.lines()).toEqual(["Hello(sent)"]);
    expect(tab.model.link.value.kind).toBe("live");
  });

  test("asks the page for a token where the old one is refused, and sends what waited", async () => {
    await tab.start(jwt("ada.1"));
    companion.expiredIdentityTokens.add("ada.1");
    companion.expire("session-1");
    await pass(0);
    tab.openPanel();
    tab.model.send("Kept");
    await pass(0);
    expect(tab.posted.at(-1)).toMatchObject({ t: "tokenWanted", reason: "expired" });
    expect(tab.lines()).toEqual(["Kept(sending)"]);
    tab.say({ t: "token", ask: tab.lastAsk(), identity: jwt("ada.2") });
    await pass(0);
    expect(tab.lines()).toEqual(["Kept(sent)"]);
  });

  test("without a new token is announced; the words wait, and login() sends them", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.expiredIdentityTokens.add("ada.1");
    companion.expire("session-1");
    await pass(0);
    tab.say({ t: "token", ask: tab.lastAsk(), identity: null });
    await pass(0);
    expect(tab.posted.at(-1)).toEqual({ t: "tokenExpired" });
    expect(tab.model.session.value).toMatchObject({ kind: "expired", contact: { id: "ada" } });
    tab.model.send("Kept");
    expect(tab.lines()).toEqual(["Kept(sending)"]);
    const request = tab.login("ada.2");
    await pass(0);
    expect(tab.result(request)).toMatchObject({ ok: true });
    expect(tab.lines()).toEqual(["Kept(sent)"]);
  });

  test("that comes near is met with a token of the page, in place", async () => {
    await tab.start(jwt("ada.1"), "open");
    const at = "2026-11-22T09:30:00.000Z";
    companion.sockets[0]?.send({ t: "session", state: "expiring", expiresAt: at });
    await pass(0);
    expect(tab.posted.slice(-2)).toMatchObject([
      { t: "tokenExpiring", expiresAt: at },
      { t: "tokenWanted", reason: "expiring" },
    ]);
    tab.say({ t: "token", ask: tab.lastAsk(), identity: jwt("ada.2") });
    await pass(0);
    expect(companion.requests.at(-1)).toBe("POST /session/renew");
    expect(companion.sockets).toHaveLength(1);
  });

  test("by idleness alone asks for no token", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.sockets[0]?.send({ t: "session", state: "expiring", expiresAt: "2026-11-21T10:00:00.000Z" });
    await pass(0);
    expect(tab.events()).not.toContain("tokenExpiring");
  });
});

describe("a refused token", () => {
  test("at the start is asked for anew; where the page has no other, its developer is told", async () => {
    await tab.start(jwt("bad.1"));
    expect(tab.posted.at(-1)).toMatchObject({ t: "tokenWanted", reason: "rejected" });
    tab.say({ t: "token", ask: tab.lastAsk(), identity: jwt("bad.1") });
    await pass(0);
    expect(tab.posted.find(({ t }) => t === "authError")).toMatchObject({
      error: { code: "signature_invalid", message: "Refused: signature_invalid. Fix.", retryable: false },
    });
    expect(tab.result(1)).toMatchObject({ ok: false, error: { code: "signature_invalid" } });
  });

  test("five times in a row is the end of asking", async () => {
    await tab.start(jwt("bad.0"));
    for (let count = 1; count < 20; count++) {
      tab.say({ t: "token", ask: tab.lastAsk(), identity: jwt(`bad.${count}`) });
      await pass(0);
    }
    expect(companion.requests).toHaveLength(5);
  });

  test("of login() is answered without asking: the provider may speak of somebody else", async () => {
    await tab.start(null);
    const request = tab.login("bad.1");
    await pass(0);
    expect(tab.result(request)).toMatchObject({ ok: false });
    expect(tab.events()).not.toContain("tokenWanted");
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
