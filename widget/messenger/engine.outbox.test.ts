/** What waits to be sent: it outlives the page and the session, belongs to its writer alone, and is sent by one tab. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBrowser, type FakeTab, jwt } from "./fixtures/fake-browser.ts";
import type { FakeCompanion } from "./fixtures/fake-companion.ts";

let browser: FakeBrowser;
let companion: FakeCompanion;
let tab: FakeTab;

async function pass(ms: number): Promise<void> {
  await browser.time.pass(0);
  await vi.dynamicImportSettled();
  await browser.time.pass(ms);
}

const stored = (contactId: string): string[] => companion.messages(contactId).map(({ text }) => text);
const sent = (): string[] =>
  companion.sockets.flatMap(({ frames }) =>
    frames.flatMap((frame) => (frame.t === "send" ? [frame.text] : [])),
  );
const waiting = () => browser.shelf.texts();

/** Ada's network goes down behind her back: the socket is cut and no other comes. */
function cut(): void {
  companion.network = "down";
  for (const socket of companion.sockets) socket.close(1006);
}

async function writtenOffline(...texts: string[]): Promise<void> {
  await tab.start(jwt("ada.1"), "open");
  cut();
  await pass(0);
  for (const text of texts) tab.model.send(text);
  await pass(0);
}

beforeEach(() => {
  browser = new FakeBrowser();
  companion = browser.companion;
  tab = browser.tab();
});

describe("words that wait", () => {
  test("are kept, and go from what is kept once they are stored", async () => {
    await writtenOffline("One", "Two");
    expect(waiting()).toEqual({ "acme-web:ada": ["One", "Two"] });
    companion.network = "up";
    await pass(20_000);
    expect([stored("ada"), waiting()]).toEqual([["One", "Two"], { "acme-web:ada": [] }]);
  });

  test("are sent although the browser has cleared its storage meanwhile, by this tab or another", async () => {
    await writtenOffline("One", "Two");
    const other = browser.tab();
    companion.network = "up";
    await other.start(jwt("ada.1"), "open");
    cut();
    await pass(0);
    browser.shelf.words.clear();
    tab.model.send("Three");
    await pass(0);
    companion.network = "up";
    await pass(60_000);
    expect(stored("ada").toSorted()).toEqual(["One", "Three", "Two"]);
    expect(tab.lines()).toEqual(["One(sent)", "Two(sent)", "Three(sent)"]);
    expect(waiting()).toEqual({ "acme-web:ada": [] });
  });

  test("alone in their tab are sent although the browser has cleared its storage meanwhile", async () => {
    await writtenOffline("One", "Two");
    browser.shelf.words.clear();
    companion.network = "up";
    await pass(30_000);
    expect([stored("ada"), tab.lines()]).toEqual([
      ["One", "Two"],
      ["One(sent)", "Two(sent)"],
    ]);
  });

  test("outlive a reload, under their ids", async () => {
    await writtenOffline("One", "Two");
    const ids = tab.model.thread.value.entries.map((entry) => (entry.kind === "pending" ? entry.id : ""));
    tab.reload();
    companion.network = "up";
    await tab.start(jwt("ada.1"), "open");
    await pass(1000);
    expect(tab.lines()).toEqual(["One(sent)", "Two(sent)"]);
    expect(companion.messages("ada").map(({ id }) => id)).toEqual(ids);
  });

  test("outlive the tab, weeks later too, and are sent before what is written then", async () => {
    await writtenOffline("One");
    tab.end();
    await pass(40 * 86_400_000);
    companion.network = "up";
    const later = browser.tab();
    companion.holding = true;
    await later.start(jwt("ada.1"), "open");
    later.model.send("Two");
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(1000);
    expect(later.lines()).toEqual(["One(sent)", "Two(sent)"]);
  });

  test("that the server stored while nobody heard of it are not stored twice, however much was written since", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.mute = true;
    tab.model.send("One");
    await pass(0);
    tab.end();
    companion.mute = false;
    for (let count = 0; count < 120; count++) companion.agentSays("ada", `Answer ${count}`);
    const later = browser.tab();
    await later.start(jwt("ada.1"), "open");
    await pass(20_000);
    expect(stored("ada").filter((text) => text === "One")).toEqual(["One"]);
    expect(later.lines().filter((line) => line.startsWith("One"))).toEqual([]);
    expect(waiting()).toEqual({ "acme-web:ada": [] });
  });

  test("are in memory where the file of the company does not load, and kept when it does", async () => {
    tab.companyLoads = () => Promise.reject(new TypeError("Failed to fetch"));
    await tab.start(jwt("ada.1"), "open");
    tab.model.send("One");
    await pass(0);
    expect([stored("ada"), waiting()]).toEqual([["One"], {}]);
    cut();
    await pass(0);
    tab.model.send("Two");
    tab.companyLoads = async () => {};
    companion.network = "up";
    companion.mute = true;
    await pass(20_000);
    expect(waiting()).toEqual({ "acme-web:ada": ["Two"] });
  });

  test("wait no longer than five seconds for a file that never comes", async () => {
    tab.companyLoads = () => new Promise(() => {});
    await tab.start(jwt("ada.1"), "open");
    tab.model.send("One");
    await pass(4999);
    expect(stored("ada")).toEqual([]);
    await pass(1);
    expect(stored("ada")).toEqual(["One"]);
  });

  test.each(["full", "dead"] as const)("are sent from memory where storage is %s", async (room) => {
    browser.shelf.room = room;
    await tab.start(jwt("ada.1"), "open");
    for (const text of ["One", "Two"]) tab.model.send(text);
    await pass(6000);
    expect([tab.lines(), stored("ada")]).toEqual([
      ["One(sent)", "Two(sent)"],
      ["One", "Two"],
    ]);
  });

  test("that did not fit are kept as soon as there is room, in their order", async () => {
    await writtenOffline("One");
    browser.shelf.room = "full";
    tab.model.send("Two");
    await pass(0);
    expect(waiting()).toEqual({ "acme-web:ada": ["One"] });
    browser.shelf.room = "enough";
    tab.model.send("Three");
    await pass(0);
    expect(waiting()).toEqual({ "acme-web:ada": ["One", "Two", "Three"] });
  });
});

describe("whose they are", () => {
  test("a session that expires leaves them to their writer, who finds them after another reload", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.expiredIdentityTokens.add("ada.1");
    companion.expire("session-1");
    await pass(1000);
    tab.model.send("One");
    await pass(1000);
    expect(stored("ada")).toEqual([]);
    tab.reload();
    await tab.start(null);
    tab.reload();
    await tab.start(jwt("ada.2"), "open");
    await pass(1000);
    expect([tab.lines(), stored("ada")]).toEqual([["One(sent)"], ["One"]]);
  });

  test("after an expiry they are neither shown to nor sent as the next, and wait for the first", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.expiredIdentityTokens.add("ada.1");
    companion.expire("session-1");
    await pass(1000);
    tab.model.send("One");
    tab.login("bob.1");
    await pass(1000);
    expect([tab.lines(), stored("bob"), waiting()["acme-web:ada"]]).toEqual([[], [], ["One"]]);
    tab.model.send("Bob's");
    await pass(0);
    tab.login("ada.2");
    await pass(1000);
    expect([tab.lines(), stored("ada"), stored("bob")]).toEqual([["One(sent)"], ["One"], ["Bob's"]]);
  });

  test("a switch that ends a living session wipes them", async () => {
    await writtenOffline("One");
    companion.network = "up";
    companion.holding = true;
    tab.login("bob.1");
    await pass(0);
    companion.holding = false;
    for (const held of companion.held.splice(0)) held.answer();
    await pass(1000);
    expect(tab.model.session.value).toMatchObject({ contact: { id: "bob" } });
    expect([waiting(), stored("ada"), stored("bob")]).toEqual([{}, [], []]);
  });

  test("a logout wipes them at once, also offline and in the other tab, with what is still being written", async () => {
    await writtenOffline("One");
    const other = browser.tab();
    companion.network = "up";
    await other.start(jwt("ada.1"), "open");
    cut();
    tab.model.send("Two");
    other.model.send("Three");
    tab.logout();
    await pass(0);
    expect([waiting(), tab.lines(), other.lines()]).toEqual([{}, [], []]);
    companion.network = "up";
    await pass(60_000);
    expect([waiting(), stored("ada")]).toEqual([{}, ["One"]]);
  });

  test("a logout before the session is there again wipes what it left", async () => {
    await writtenOffline("One");
    tab.reload();
    await tab.start(jwt("ada.1"));
    tab.logout();
    await pass(0);
    expect(waiting()).toEqual({});
  });

  test("a logout on the page without an identity that a sign-out ends at wipes them", async () => {
    await writtenOffline("One");
    tab.reload();
    await tab.start(null);
    expect(waiting()).toEqual({ "acme-web:ada": ["One"] });
    tab.logout();
    await pass(0);
    expect(waiting()).toEqual({});
  });

  test("a logout of somebody who came later leaves them", async () => {
    await writtenOffline("One");
    companion.network = "up";
    tab.reload();
    await tab.start(null);
    tab.login("bob.1");
    await pass(1000);
    tab.logout();
    await pass(0);
    expect(waiting()).toEqual({ "acme-web:ada": ["One"] });
  });

  test("a session that was revoked elsewhere wipes them", async () => {
    await tab.start(jwt("ada.1"), "open");
    companion.refuse = () => ({ code: "forbidden" });
    tab.model.send("One");
    await pass(0);
    expect(waiting()).toEqual({ "acme-web:ada": ["One"] });
    companion.end("session-1");
    await pass(0);
    expect(waiting()).toEqual({});
  });

  test("on a shared device nothing is kept", async () => {
    await tab.start(jwt("ada.1"), "open", { sharedDevice: true });
    cut();
    tab.model.send("One");
    await pass(0);
    expect([tab.lines(), waiting()]).toEqual([["One(sending)"], {}]);
  });
});

describe("a visitor's", () => {
  async function visitorWritesOffline(stepUp: "ask" | "always" | "never"): Promise<void> {
    tab = browser.tab("optional", { stepUp });
    await tab.start(null, "open");
    cut();
    tab.model.send("One");
    await pass(0);
    expect(waiting()).toEqual({ "acme-web:visitor-1": ["One"] });
    tab.reload();
    companion.network = "up";
  }

  test("come along with who signs in, from what is kept", async () => {
    await visitorWritesOffline("always");
    await tab.start(jwt("ada.1"), "open");
    await pass(1000);
    expect([stored("ada"), waiting()]).toEqual([["One"], { "acme-web:ada": [] }]);
  });

  test("come along where the customer is asked afterwards and wants it, though nothing else was written", async () => {
    await visitorWritesOffline("ask");
    await tab.start(jwt("ada.1"), "open");
    await pass(1000);
    expect([tab.model.question.value, stored("ada")]).toEqual(["signedIn", []]);
    tab.model.decide("along");
    await pass(1000);
    expect([stored("ada"), waiting()]).toEqual([["One"], { "acme-web:ada": [] }]);
  });

  test("are wiped where the customer starts fresh", async () => {
    await visitorWritesOffline("ask");
    await tab.start(jwt("ada.1"), "open");
    await pass(1000);
    tab.model.decide("nothing");
    await pass(1000);
    expect([stored("ada"), waiting()]).toEqual([[], {}]);
  });

  test("are wiped where they never come along", async () => {
    await visitorWritesOffline("never");
    await tab.start(jwt("ada.1"), "open");
    await pass(1000);
    expect([stored("ada"), waiting()]).toEqual([[], {}]);
  });
});

test("a tab steps in where the one whose turn it is hangs", async () => {
  const hung = new AbortController();
  void browser.shelf
    .parts(hung.signal)
    .locks?.request("vouch:outbox:acme-web:ada", { signal: hung.signal }, () => new Promise(() => {}));
  await tab.start(jwt("ada.1"), "open");
  tab.model.send("One");
  await pass(14_000);
  expect(stored("ada")).toEqual([]);
  await pass(1000);
  expect([tab.lines(), stored("ada")]).toEqual([["One(sent)"], ["One"]]);
});

describe("two tabs", () => {
  let other: FakeTab;

  beforeEach(async () => {
    await tab.start(jwt("ada.1"), "open");
    other = browser.tab();
    await other.start(jwt("ada.1"), "open");
  });

  test("show one outbox and send it once, in the order written", async () => {
    cut();
    await pass(0);
    tab.model.send("One");
    await pass(10);
    other.model.send("Two");
    await pass(10);
    tab.model.send("Three");
    await pass(0);
    const all = ["One(sending)", "Two(sending)", "Three(sending)"];
    expect([tab.lines(), other.lines()]).toEqual([all, all]);
    companion.network = "up";
    await pass(60_000);
    expect(sent()).toEqual(["One", "Two", "Three"]);
    expect(tab.lines()).toEqual(["One(sent)", "Two(sent)", "Three(sent)"]);
    expect(other.lines()).toEqual(tab.lines());
  });

  test("hand over where the one that sends is closed, crashes, is frozen or loses its connection", async () => {
    companion.mute = true;
    tab.model.send("One");
    await pass(0);
    expect(other.lines()).toEqual(["One(sending)"]);
    tab.end();
    companion.mute = false;
    await pass(1000);
    expect([other.lines(), stored("ada")]).toEqual([["One(sent)"], ["One"]]);
  });

  test("hand over where the one that sends is frozen, and all agree when it is back", async () => {
    companion.mute = true;
    tab.model.send("One");
    await pass(0);
    companion.mute = false;
    tab.freeze();
    await pass(0);
    other.model.send("Two");
    await pass(1000);
    expect([other.lines(), stored("ada")]).toEqual([
      ["One(sent)", "Two(sent)"],
      ["One", "Two"],
    ]);
    tab.thaw();
    await pass(1000);
    expect(tab.lines()).toEqual(other.lines());
  });

  test("agree on what failed, on its retry and on its deletion", async () => {
    companion.refuse = () => ({ code: "forbidden" });
    tab.model.send("One");
    await pass(100);
    expect(other.lines()).toEqual(["One(failed)"]);
    companion.refuse = null;
    const [entry] = other.model.thread.value.entries;
    const id = entry?.kind === "pending" ? entry.id : "";
    other.model.retry(id);
    await pass(100);
    expect([tab.lines(), other.lines(), stored("ada")]).toEqual([["One(sent)"], ["One(sent)"], ["One"]]);
    companion.refuse = () => ({ code: "message_too_long" });
    other.model.send("Two");
    await pass(100);
    const last = tab.model.thread.value.entries.at(-1);
    expect(tab.model.discard(last?.kind === "pending" ? last.id : "")).toBe(true);
    await pass(100);
    expect([tab.lines(), other.lines(), waiting()]).toEqual([
      ["One(sent)"],
      ["One(sent)"],
      { "acme-web:ada": [] },
    ]);
  });

  test("agree within a second on messages, what is read and the count of what is not, though one has no connection", async () => {
    const [first] = companion.socketsOf("ada");
    first?.close(4401, "request_invalid");
    await pass(0);
    companion.agentSays("ada", "Hello");
    await pass(1000);
    expect([tab.lines(), tab.model.unread.value]).toEqual([["Hello(-)"], 1]);
    other.model.markRead(1);
    await pass(200);
    expect([tab.model.unread.value, other.model.unread.value]).toEqual([0, 0]);
  });

  test("keep their drafts to themselves", async () => {
    tab.model.setDraft("half a wor");
    await pass(1000);
    expect(other.model.draft.value).toBe("");
  });
});
