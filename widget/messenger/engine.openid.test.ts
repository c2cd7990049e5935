/** OpenID Connect: codes that work once, renewal by what the server holds, the messenger's own sign-in window. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import type { AuthorizationCode } from "../auth/auth-provider.ts";
import { FakeBrowser, type FakeTab, jwt } from "./fixtures/fake-browser.ts";
import type { FakeCompanion } from "./fixtures/fake-companion.ts";
import type { SignInOutcome } from "./surroundings.ts";

let browser: FakeBrowser;
let companion: FakeCompanion;
let tab: FakeTab;

/** The rarer ways to a session are loaded when they are gone. */
async function pass(ms: number): Promise<void> {
  await browser.time.pass(0);
  await vi.dynamicImportSettled();
  await browser.time.pass(ms);
}

const code = (authCode: string): AuthorizationCode => ({ authCode, redirectUri: "https://acme.example/cb" });
const absolutely = "2026-11-22T09:30:00.000Z";
const sent = (method: string): string[] => companion.requests.filter((line) => line === method);

beforeEach(() => {
  browser = new FakeBrowser();
  companion = browser.companion;
  tab = browser.tab();
});

describe("a code", () => {
  test("opens a session, which a reload takes up without the code", async () => {
    await tab.start(code("ada.code"));
    await pass(0);
    tab.reload();
    await tab.start(code("ada.code"));
    await pass(0);
    expect(companion.requests).toEqual(["POST /sessions", "GET /session"]);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
  });

  test("is not sent again where its session is gone: the page is asked for another", async () => {
    await tab.start(code("ada.code"));
    await pass(0);
    companion.expire("session-1");
    tab.reload();
    await tab.start(code("ada.code"));
    await pass(0);
    expect(companion.people.spent).toEqual(["ada.code"]);
    expect(tab.posted.at(-1)).toMatchObject({ t: "tokenWanted", reason: "rejected" });
    tab.say({ t: "token", ask: tab.lastAsk(), identity: code("ada.code2") });
    await pass(0);
    expect(companion.people.spent).toEqual(["ada.code", "ada.code2"]);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
  });

  test("is not sent again where nobody knows whether it arrived", async () => {
    companion.network = "down";
    await tab.start(code("ada.code"));
    await pass(0);
    companion.network = "up";
    await pass(16_000);
    expect(sent("POST /sessions")).toHaveLength(1);
    expect(tab.posted.at(-1)).toMatchObject({ t: "tokenWanted", reason: "rejected" });
  });

  test("is not sent again by a page that was loaded again before the answer came", async () => {
    companion.holding = true;
    await tab.start(code("ada.code"));
    await pass(0);
    tab.reload();
    companion.holding = false;
    companion.held.splice(0);
    await tab.start(code("ada.code"));
    await pass(0);
    expect(sent("POST /sessions")).toHaveLength(1);
    expect(tab.posted.at(-1)).toMatchObject({ t: "tokenWanted", reason: "rejected" });
  });

  test("of the same customer renews the session in place", async () => {
    await tab.start(code("ada.code"), "open");
    await pass(0);
    companion.sockets[0]?.send({ t: "session", state: "expiring", expiresAt: absolutely });
    await pass(0);
    tab.say({ t: "token", ask: tab.lastAsk(), identity: code("ada.code2") });
    await pass(0);
    expect(companion.requests.slice(-2)).toEqual(["GET /session", "POST /session/renew"]);
    expect(companion.sockets).toHaveLength(1);
  });

  test("of another customer is used up finding that out: the page is asked for one more", async () => {
    await tab.start(code("ada.code"));
    await pass(0);
    tab.login(code("bob.code"));
    await pass(0);
    expect(tab.events()).toContain("loggedOut:switch");
    expect(tab.posted.at(-1)).toMatchObject({ t: "tokenWanted", reason: "rejected" });
    tab.say({ t: "token", ask: tab.lastAsk(), identity: code("bob.code2") });
    await pass(0);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "bob" } });
  });

  test("that the provider refuses is asked for anew", async () => {
    companion.people.spent.push("ada.code");
    await tab.start(code("ada.code"));
    await pass(0);
    expect(tab.posted.at(-1)).toMatchObject({ t: "tokenWanted", reason: "rejected" });
  });
});

describe("a session that the server can renew", () => {
  beforeEach(async () => {
    companion.people.holdsRefreshTokens = true;
    await tab.start(code("ada.code"), "open");
    await pass(0);
  });

  const expiring = async (): Promise<void> => {
    companion.sockets.at(-1)?.send({ t: "session", state: "expiring", expiresAt: absolutely });
    await pass(0);
  };

  test("is renewed before its end without asking the page", async () => {
    await expiring();
    expect(companion.requests).toEqual(["POST /sessions", "POST /session/renew"]);
    expect(tab.events()).not.toContain("tokenWanted:expiring");
    expect(tab.events()).not.toContain("tokenExpiring");
    tab.reload();
    await tab.start(code("ada.code"));
    await pass(0);
    expect(companion.requests.at(-1)).toBe("GET /session");
  });

  test("asks the page in good time where the provider gives no more", async () => {
    for (const session of companion.sessions.values()) session.silentRenewal = false;
    await expiring();
    expect(tab.events().slice(-2)).toEqual(["tokenExpiring", "tokenWanted:expiring"]);
    expect(tab.model.link.value.kind).toBe("live");
  });

  test("comes back by itself after it has expired, and sends what waited", async () => {
    companion.expire("session-1");
    tab.model.send("Written meanwhile");
    await pass(1000);
    expect(tab.model.session.value.kind).toBe("open");
    expect(tab.lines()).toEqual(["Written meanwhile(sent)"]);
    expect(companion.people.spent).toEqual(["ada.code"]);
  });

  test("tries again in silence where the server can't be reached", async () => {
    companion.network = "down";
    await expiring();
    companion.network = "up";
    await pass(16_000);
    expect(sent("POST /session/renew").length).toBeGreaterThan(1);
    expect(tab.events()).not.toContain("authError");
  });
});

describe("the messenger's own sign-in window", () => {
  let settle: (outcome: SignInOutcome) => void;

  async function visit(signIn: "required" | "optional", stepUp: "ask" | "always" = "always"): Promise<void> {
    tab = browser.tab(signIn, { methods: ["oidc"], stepUp });
    tab.signInWindow = () =>
      new Promise((resolve) => {
        settle = resolve;
      });
    await tab.start(null, "open", { canSignIn: false });
    await pass(0);
  }
  async function signInWith(outcome: SignInOutcome): Promise<void> {
    tab.model.signIn();
    settle(outcome);
    await pass(1000);
  }

  test("is offered where the page has no way of its own, and signs in", async () => {
    await visit("required");
    expect(tab.model.session.value).toEqual({ kind: "signInRequired", canSignIn: true });
    await signInWith({ ticket: "ada.ticket" });
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" }, verified: true });
    expect(tab.events()).toContain("authenticated");
    expect(tab.events()).not.toContain("signInRequested");
  });

  test("is a word of its own, after a logout in another tab", async () => {
    const other = browser.tab();
    await other.start(jwt("ada.1"));
    await visit("required");
    await pass(10);
    other.logout();
    await pass(10);
    await signInWith({ ticket: "ada.ticket" });
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
  });

  test("gives way to the page's own", async () => {
    await visit("required");
    tab.say({ t: "canSignIn", canSignIn: true });
    tab.model.signIn();
    expect(tab.events().at(-1)).toBe("signInRequested");
  });

  test("changes nothing until it comes back", async () => {
    await visit("required");
    tab.model.signIn();
    await pass(60_000);
    expect(tab.model.session.value.kind).toBe("signInRequired");
    expect(companion.requests).toEqual([]);
  });

  test.each(["popupBlocked", "signInFailed"] as const)(
    "says where it came to nothing: %s",
    async (outcome) => {
      await visit("required");
      await signInWith(outcome);
      expect(tab.model.remark.value).toBe(outcome);
      expect(tab.model.session.value.kind).toBe("signInRequired");
    },
  );

  test("takes a visitor's conversation along", async () => {
    await visit("optional");
    tab.model.send("Hello");
    await pass(0);
    await signInWith({ ticket: "ada.ticket" });
    expect(tab.model.session.value).toMatchObject({ contact: { id: "ada" } });
    expect(tab.lines()).toEqual(["Hello(sent)"]);
  });

  describe("asks first where that is the policy", () => {
    let opened: number;

    beforeEach(async () => {
      await visit("optional", "ask");
      const open = tab.signInWindow;
      opened = 0;
      tab.signInWindow = () => {
        opened++;
        return open();
      };
      tab.model.send("Hello");
      tab.model.setDraft("and then");
      await pass(0);
      tab.model.signIn();
    });

    test("before the window opens, with everything going on behind", async () => {
      await pass(120_000);
      expect([tab.model.question.value, opened]).toEqual(["beforeSignIn", 0]);
      companion.agentSays("visitor-1", "Hi");
      await pass(0);
      expect([tab.lines(), tab.model.link.value.kind]).toEqual([["Hello(sent)", "Hi(-)"], "live"]);
    });

    test.each([
      ["along", ["Hello(sent)"], "and then", ["Hello"]],
      ["nothing", [], "", []],
    ] as const)("and signs in at once with the answer: %s", async (take, lines, draft, stored) => {
      tab.model.decide(take);
      // In the very turn of the click: browsers open windows in no other.
      expect([opened, tab.model.question.value]).toEqual([1, null]);
      await pass(120_000);
      settle({ ticket: "ada.ticket" });
      await pass(1000);
      expect(tab.model.session.value).toMatchObject({ kind: "open", verified: true, contact: { id: "ada" } });
      expect([tab.model.question.value, tab.lines(), tab.model.draft.value]).toEqual([null, lines, draft]);
      expect(companion.messages("ada").map(({ text }) => text)).toEqual(stored);
    });

    test("and leaves everything as it was where the customer does not say", async () => {
      tab.model.putOff();
      await pass(1000);
      expect([opened, tab.model.question.value, tab.events().includes("closeRequested")]).toEqual([
        0,
        null,
        false,
      ]);
      expect([tab.lines(), tab.model.draft.value]).toEqual([["Hello(sent)"], "and then"]);
      tab.model.setDraft("");
      tab.model.send("Still me");
      await pass(0);
      expect(tab.lines()).toEqual(["Hello(sent)", "Still me(sent)"]);
    });

    test("and goes back to the visitor where the ticket opens nothing", async () => {
      companion.people.spent.push("ada.ticket");
      tab.model.decide("along");
      settle({ ticket: "ada.ticket" });
      await pass(1000);
      expect(tab.model.session.value).toMatchObject({ kind: "open", verified: false });
      expect([tab.lines(), tab.model.draft.value]).toEqual([["Hello(sent)"], "and then"]);
      tab.model.signIn();
      expect(tab.model.question.value).toBe("beforeSignIn");
    });

    test("but not where there is nothing to take along", async () => {
      companion.people.spent.length = 0;
      browser = new FakeBrowser();
      companion = browser.companion;
      await visit("optional", "ask");
      await signInWith({ ticket: "ada.ticket" });
      expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
    });
  });

  test.each(["required", "optional"] as const)(
    "with a ticket that opens nothing leaves all as it was (sign-in %s)",
    async (signIn) => {
      await visit(signIn);
      tab.model.send("Hello");
      await pass(0);
      const before = [tab.model.session.value.kind, tab.lines()];
      companion.people.spent.push("ada.ticket");
      await signInWith({ ticket: "ada.ticket" });
      expect([tab.model.session.value.kind, tab.lines()]).toEqual(before);
      expect(tab.events()).toContain("authError");
    },
  );

  test("keeps the words of an expired session through a failed try, and sends them after a good one", async () => {
    await visit("required");
    await signInWith({ ticket: "ada.ticket" });
    companion.expire("session-1");
    await pass(0);
    tab.say({ t: "token", ask: tab.lastAsk(), identity: null });
    await pass(0);
    expect(tab.model.session.value.kind).toBe("expired");
    tab.model.send("Kept");
    companion.people.spent.push("ada.bad");
    await signInWith({ ticket: "ada.bad" });
    expect([tab.model.session.value.kind, tab.lines()]).toEqual(["expired", ["Kept(sending)"]]);
    await signInWith({ ticket: "ada.second" });
    expect([tab.model.session.value.kind, tab.lines()]).toEqual(["open", ["Kept(sent)"]]);
  });

  test("signs in for this page only: a reload without an assertion signs out", async () => {
    await visit("required");
    await signInWith({ ticket: "ada.ticket" });
    tab.reload();
    await tab.start(null, "open", { canSignIn: false });
    await pass(0);
    expect(tab.model.session.value.kind).toBe("signInRequired");
    expect(companion.sessions.get("session-1")?.state).toBe("revoked");
  });
});

describe("a logout at the provider", () => {
  test.each(["https://login.example/end?id_token_hint=1", null])("answers with %s", async (endSessionUrl) => {
    companion.endSessionUrl = endSessionUrl;
    await tab.start(jwt("ada.1"));
    const request = tab.logout(false, true);
    await pass(0);
    expect(companion.requests.at(-1)).toBe("DELETE /session?atProvider=true");
    expect(tab.result(request)).toMatchObject({ ok: true, value: endSessionUrl && { endSessionUrl } });
  });
});
