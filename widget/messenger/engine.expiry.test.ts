/** Sessions that expire and tokens that are refused. */

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
    expect(tab.posted.slice(-2)).toMatchObject([{ t: "tokenExpired" }, { t: "authError" }]);
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

  test("in sleep is noticed at once on the return, by the server's word", async () => {
    companion.now = browser.time.clock.now;
    await tab.start(jwt("ada.1"), "open");
    const session = companion.sessions.get("session-1");
    if (session) session.state = "expired";
    await pass(3_600_000);
    tab.engine.woken();
    await pass(0);
    expect(companion.sessions.get("session-2")?.state).toBe("alive");
    expect(tab.model.link.value.kind).toBe("live");
  });

  test.each([
    ["ahead", 86_400_000],
    ["behind", -86_400_000],
  ])("is not taken from a clock that is a day %s", async (_, offMs) => {
    companion.now = () => browser.time.clock.now() - offMs;
    const ends = Date.parse("2026-11-21T10:00:00.000Z") - offMs;
    companion.people.expiresAt = ends;
    await tab.start(jwt("ada.1"), "open");
    tab.engine.woken();
    await pass(0);
    expect(companion.requests).toEqual(["POST /sessions"]);
    const session = companion.sessions.get("session-1");
    if (session) session.state = "expired";
    await pass(1_800_000);
    tab.engine.woken();
    await pass(0);
    expect(companion.requests.slice(1, 2)).toEqual(["GET /session"]);
    expect(companion.sessions.get("session-2")?.state).toBe("alive");
  });

  test("that the server does not confirm changes nothing", async () => {
    companion.now = browser.time.clock.now;
    await tab.start(jwt("ada.1"), "open");
    await pass(3_600_000);
    tab.engine.woken();
    await pass(0);
    expect(companion.requests).toEqual(["POST /sessions", "GET /session"]);
    expect([tab.model.session.value.kind, tab.model.link.value.kind]).toEqual(["open", "live"]);
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
