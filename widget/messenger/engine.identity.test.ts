/** The iframe identity rule, and one identity after another. */

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
