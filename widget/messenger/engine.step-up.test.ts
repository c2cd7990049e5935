/** A visitor signs in: what becomes of the conversation, by the deployment's policy or the customer's own answer. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBrowser, type FakeTab, jwt } from "./fixtures/fake-browser.ts";
import type { FakeCompanion } from "./fixtures/fake-companion.ts";

let browser: FakeBrowser;
let companion: FakeCompanion;
let tab: FakeTab;

/** The rarer ways to a session are loaded when they are gone. */
async function pass(ms: number): Promise<void> {
  await browser.time.pass(0);
  await vi.dynamicImportSettled();
  await browser.time.pass(ms);
}

const texts = (contactId: string): string[] => companion.messages(contactId).map(({ text }) => text);
const alive = (): string[] =>
  [...companion.sessions.values()].filter(({ state }) => state === "alive").map(({ contactId }) => contactId);

function begin(stepUp: "ask" | "always"): void {
  browser = new FakeBrowser();
  companion = browser.companion;
  tab = browser.tab("optional", { stepUp });
}

async function visitorWrites(): Promise<void> {
  await tab.start(null, "open");
  tab.model.send("My order is late");
  await pass(0);
}

describe("always", () => {
  beforeEach(async () => {
    begin("always");
    await visitorWrites();
  });

  test("takes the conversation along in the same panel, with the draft", async () => {
    tab.model.setDraft("It is number");
    companion.holding = true;
    const request = tab.login("ada.1");
    await pass(0);
    // In sight all the while.
    expect([tab.lines(), tab.model.draft.value]).toEqual([["My order is late(sent)"], "It is number"]);
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(1000);
    expect(tab.result(request)).toMatchObject({ ok: true, value: { contact: { id: "ada" } } });
    expect(tab.model.session.value).toMatchObject({
      kind: "open",
      verified: true,
      contact: { id: "ada" },
      steppedUpFrom: "visitor-1",
    });
    expect([tab.lines(), tab.model.draft.value]).toEqual([["My order is late(sent)"], "It is number"]);
    expect(texts("ada")).toEqual(["My order is late"]);
    expect(alive()).toEqual(["ada"]);
    expect(browser.storage.items.size).toBe(0);
    expect(tab.events()).toContain("authenticated");
  });

  test("sends as the customer, once, what the visitor wrote and nobody had stored", async () => {
    companion.refuse = () => ({ code: "unavailable" });
    tab.model.send("Hello?");
    await pass(0);
    companion.refuse = null;
    tab.login("ada.1");
    await pass(1000);
    expect(texts("ada")).toEqual(["My order is late", "Hello?"]);
    expect(tab.lines()).toEqual(["My order is late(sent)", "Hello?(sent)"]);
  });

  test("reads the history anew where the customer has an older conversation, and keeps the words", async () => {
    companion.agentSays("ada", "Until next time");
    companion.mute = true;
    tab.model.send("On its way");
    tab.model.setDraft("and more");
    await pass(0);
    companion.mute = false;
    tab.login("ada.1");
    await pass(1000);
    expect(tab.lines()).toEqual(["Until next time(-)", "My order is late(sent)", "On its way(sent)"]);
    expect(texts("ada")).toEqual(["Until next time", "My order is late", "On its way"]);
    expect(tab.model.draft.value).toBe("and more");
  });

  test("signs in without the conversation where it is not the visitor's any more, and says so", async () => {
    const session = companion.sessions.get("session-1");
    if (session) session.state = "expired";
    tab.model.setDraft("half a wor");
    tab.login("ada.1");
    await pass(1000);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
    expect([tab.lines(), tab.model.draft.value]).toEqual([[], "half a wor"]);
    expect(tab.model.remark.value).toBe("leftBehind");
    expect(browser.storage.items.size).toBe(0);
  });

  test.each([
    ["becomes the customer's", []],
    ["joins the customer's", ["Until next time"]],
  ])("says nothing where it came along with an answer that was lost, and %s", async (_, before) => {
    for (const text of before) companion.agentSays("ada", text);
    companion.holding = true;
    tab.login("ada.1");
    await pass(0);
    const handover = companion.held.shift();
    handover?.fail();
    // The server has carried it out all the same.
    handover?.answer();
    companion.holding = false;
    await pass(30_000);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
    expect(texts("ada")).toEqual([...before, "My order is late"]);
    expect(tab.model.remark.value).toBe(null);
  });

  test("goes on where the network failed in the middle", async () => {
    companion.network = "down";
    tab.login("ada.1");
    await pass(0);
    expect(tab.lines()).toEqual(["My order is late(sent)"]);
    companion.network = "up";
    await pass(16_000);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
    expect(tab.lines()).toEqual(["My order is late(sent)"]);
  });

  test("shows nothing to one whose token is refused, and comes along with the right one", async () => {
    tab.login("bad.1");
    await pass(0);
    expect(tab.model.session.value).toMatchObject({ kind: "failed", code: "signature_invalid" });
    expect(tab.lines()).toEqual([]);
    tab.login("ada.1");
    await pass(1000);
    expect(tab.lines()).toEqual(["My order is late(sent)"]);
    expect(texts("ada")).toEqual(["My order is late"]);
  });

  test("hands over at the load of a page that asserts an identity", async () => {
    tab.reload();
    await tab.start(jwt("ada.1"), "open");
    await pass(1000);
    expect(tab.lines()).toEqual(["My order is late(sent)"]);
    expect(alive()).toEqual(["ada"]);
  });

  test("gives the conversation to nobody else once it is under way", async () => {
    companion.holding = true;
    tab.login("ada.1");
    await pass(0);
    const handover = companion.held.shift();
    tab.login("bob.1");
    expect(tab.lines()).toEqual([]);
    handover?.answer();
    companion.holding = false;
    await pass(0);
    for (const held of companion.held.splice(0)) held.answer();
    await pass(1000);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "bob" } });
    expect([tab.lines(), texts("bob"), alive()]).toEqual([[], [], ["bob"]]);
  });

  test("leaves nothing of either after a logout", async () => {
    tab.login("ada.1");
    await pass(1000);
    tab.logout();
    await pass(0);
    expect([tab.lines(), alive()]).toEqual([[], []]);
    expect([...tab.tabStorage.items, ...browser.storage.items]).toEqual([]);
  });
});

describe("ask", () => {
  beforeEach(async () => {
    begin("ask");
    await visitorWrites();
  });

  test("sends nothing while the question is open, and takes all along on yes", async () => {
    tab.model.setDraft("It is number");
    const request = tab.login("ada.1");
    await pass(60_000);
    expect(tab.model.question.value).not.toBe(null);
    expect(companion.requests.filter((line) => line === "POST /sessions")).toHaveLength(1);
    expect([tab.lines(), tab.result(request)]).toEqual([["My order is late(sent)"], undefined]);
    tab.model.decide("along");
    await pass(1000);
    expect(tab.result(request)).toMatchObject({ ok: true });
    expect([tab.lines(), tab.model.draft.value]).toEqual([["My order is late(sent)"], "It is number"]);
    expect([texts("ada"), alive()]).toEqual([["My order is late"], ["ada"]]);
    expect(tab.model.question.value).toBe(null);
  });

  test("begins anew on no: nothing of the visitor's is left, the draft included", async () => {
    tab.model.setDraft("It is number");
    tab.login("ada.1");
    await pass(0);
    tab.model.decide("nothing");
    await pass(1000);
    expect([tab.lines(), tab.model.draft.value, texts("ada")]).toEqual([[], "", []]);
    expect(alive()).toEqual(["ada"]);
    expect(browser.storage.items.size).toBe(0);
  });

  test("is not asked where nothing was written", async () => {
    begin("ask");
    await tab.start(null, "open");
    tab.login("ada.1");
    await pass(0);
    expect(tab.model.question.value).toBe(null);
    expect(tab.model.session.value).toMatchObject({ contact: { id: "ada" } });
  });

  test("is asked anew of whoever logs in next, and of nobody after a logout", async () => {
    tab.login("ada.1");
    tab.login("bob.1");
    await pass(0);
    expect(tab.model.question.value).not.toBe(null);
    tab.logout();
    await pass(0);
    expect([tab.model.question.value, alive(), tab.lines()]).toEqual([null, [], []]);
    tab.model.decide("along");
    await pass(0);
    expect(tab.model.session.value.kind).toBe("loggedOut");
  });

  test("outlives the end of the visitor's session: the answer then is that the messages stay behind", async () => {
    tab.login("ada.1");
    await pass(0);
    companion.end("session-1");
    await pass(0);
    expect(tab.model.question.value).not.toBe(null);
    tab.model.decide("along");
    await pass(1000);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
    expect(tab.model.remark.value).toBe("leftBehind");
  });

  test("signs in, and asks, where a file that tells whether the visitor left words does not load", async () => {
    begin("ask");
    await tab.start(null, "open");
    await pass(0);
    tab.reload();
    tab.companyLoads = () => Promise.reject(new TypeError("Failed to fetch"));
    await tab.start(jwt("ada.1"));
    await pass(0);
    expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
    expect(tab.model.question.value).toBe("signedIn");
  });

  describe("with the panel closed", () => {
    beforeEach(async () => {
      tab.closePanel();
      tab.login("ada.1");
      await pass(0);
    });

    test("signs in at once, hands over nothing, and asks when the panel is opened", async () => {
      expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
      expect([tab.lines(), texts("ada"), alive().sort()]).toEqual([[], [], ["ada", "visitor-1"]]);
      tab.openPanel();
      await pass(0);
      expect(tab.model.question.value).not.toBe(null);
      tab.model.setDraft("As Ada");
      tab.model.decide("along");
      await pass(1000);
      expect([tab.lines(), tab.model.draft.value]).toEqual([["My order is late(sent)"], "As Ada"]);
      expect(alive()).toEqual(["ada"]);
      expect(tab.model.link.value.kind).toBe("live");
    });

    test("ends the visitor's session on no", async () => {
      tab.model.decide("nothing");
      await pass(0);
      expect(alive()).toEqual(["ada"]);
      expect([tab.model.question.value, browser.storage.items.size]).toEqual([null, 0]);
    });

    describe("of a visitor who has not got rid of everything", () => {
      beforeEach(async () => {
        begin("ask");
        await visitorWrites();
        companion.refuse = () => ({ code: "unavailable" });
        tab.model.send("Hello?");
        tab.model.setDraft("It is number");
        await pass(0);
        companion.refuse = null;
        tab.closePanel();
        tab.login("ada.1");
        await pass(0);
        tab.openPanel();
        await pass(1000);
      });

      test("keeps that out of sight, and unsent, while the question waits", async () => {
        await pass(60_000);
        expect([tab.lines(), tab.model.draft.value]).toEqual([[], ""]);
        expect([texts("ada"), texts("visitor-1")]).toEqual([[], ["My order is late"]]);
      });

      test("takes it along in front of what was written since", async () => {
        tab.model.send("I am Ada");
        tab.model.setDraft("signed in now");
        await pass(0);
        tab.model.decide("along");
        await pass(1000);
        expect(texts("ada")).toEqual(["I am Ada", "My order is late", "Hello?"]);
        expect(tab.model.draft.value).toBe("It is number\nsigned in now");
      });

      test("drops it on no", async () => {
        tab.model.decide("nothing");
        await pass(60_000);
        expect([tab.lines(), tab.model.draft.value, texts("ada")]).toEqual([[], "", []]);
      });

      test("takes it along, too, where the conversation itself can't come", async () => {
        companion.expiredIdentityTokens.add("ada.1");
        tab.model.decide("along");
        await pass(60_000);
        expect(tab.model.remark.value).toBe("leftBehind");
        expect([texts("ada"), tab.model.draft.value]).toEqual([["Hello?"], "It is number"]);
      });

      test.each(["no", "a logout"])("puts it into no later visitor's words after %s", async (end) => {
        companion.agentSays("bob", "Until next time");
        if (end === "no") tab.model.decide("nothing");
        tab.logout();
        await pass(0);
        tab.openPanel();
        await pass(0);
        tab.model.send("Somebody else");
        await pass(0);
        tab.login("bob.1");
        tab.model.decide("along");
        await pass(60_000);
        expect([texts("bob"), tab.model.draft.value]).toEqual([["Until next time", "Somebody else"], ""]);
      });

      test("gives it to nobody else, and to nobody after a logout", async () => {
        tab.login("bob.1");
        await pass(0);
        tab.model.decide("along");
        await pass(60_000);
        expect([tab.lines(), tab.model.draft.value, texts("bob")]).toEqual([[], "", []]);
        tab.logout();
        tab.login("ada.2");
        await pass(60_000);
        expect([tab.lines(), tab.model.draft.value, texts("ada")]).toEqual([[], "", []]);
      });
    });

    test("asks where nothing of what the visitor wrote has been stored", async () => {
      begin("ask");
      await tab.start(null, "open");
      tab.model.setDraft("It is number");
      tab.closePanel();
      tab.login("ada.1");
      await pass(0);
      expect([tab.model.question.value, tab.model.draft.value]).toEqual(["signedIn", ""]);
      tab.model.decide("along");
      await pass(1000);
      expect(tab.model.draft.value).toBe("It is number");
      expect(alive()).toEqual(["ada"]);
    });

    test("goes on as the customer where the token that opened is not taken again", async () => {
      companion.expiredIdentityTokens.add("ada.1");
      tab.model.decide("along");
      await pass(1000);
      expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "ada" } });
      expect(tab.model.remark.value).toBe("leftBehind");
      expect(tab.model.link.value.kind).toBe("live");
    });

    test("offers the conversation to no other customer", async () => {
      tab.login("bob.1");
      await pass(0);
      expect(tab.model.session.value).toMatchObject({ contact: { id: "bob" } });
      expect([tab.model.question.value, alive()]).toEqual([null, ["bob"]]);
    });

    test("is still asked of the same customer after a new token and after a reload", async () => {
      tab.login("ada.2");
      await pass(0);
      expect(tab.model.question.value).not.toBe(null);
      tab.reload();
      await tab.start(jwt("ada.2"));
      await pass(0);
      expect(tab.model.question.value).not.toBe(null);
    });

    test("leaves nothing of either after a logout", async () => {
      tab.logout();
      await pass(0);
      expect([alive(), ...browser.storage.items, ...tab.tabStorage.items]).toEqual([[]]);
    });
  });
});
