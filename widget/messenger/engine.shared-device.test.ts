/** A device that several people use: nothing is kept, and nobody is left signed in. */

import { beforeEach, expect, test } from "vitest";
import { FakeBrowser, type FakeTab, jwt } from "./fixtures/fake-browser.ts";

let browser: FakeBrowser;
let tab: FakeTab;
const pass = (ms: number) => browser.time.pass(ms);
const stored = () => [...tab.tabStorage.items, ...browser.storage.items];
const alive = () => [...browser.companion.sessions.values()].filter(({ state }) => state === "alive").length;

beforeEach(() => {
  browser = new FakeBrowser();
  tab = browser.tab("optional");
});

test.each([["a customer", jwt("ada.1")] as const, ["a visitor", null] as const])(
  "stores nothing of %s",
  async (_, identity) => {
    await tab.start(identity, "open", { sharedDevice: true });
    tab.model.send("Hello");
    await pass(1000);
    expect([tab.lines(), stored()]).toEqual([["Hello(sent)"], []]);
  },
);

test("ends and wipes what an earlier load of the page had stored", async () => {
  await tab.start(null, "open");
  tab.reload();
  await tab.start(null, "closed", { sharedDevice: true });
  await pass(0);
  expect([alive(), stored()]).toEqual([0, []]);
  expect(tab.model.session.value.kind).toBe("idle");
});

test("keeps no token either of a session whose end the server has not confirmed", async () => {
  await tab.start(jwt("ada.1"), "closed", { sharedDevice: true });
  browser.companion.network = "down";
  tab.logout();
  await pass(0);
  expect(stored()).toEqual([]);
  browser.companion.network = "up";
  await pass(60_000);
  expect(alive()).toBe(0);
});

test("signs out and wipes after five minutes without a sign of life", async () => {
  await tab.start(jwt("ada.1"), "open", { sharedDevice: true });
  tab.model.setDraft("half a wor");
  await pass(299_000);
  tab.engine.acted();
  await pass(298_000);
  // The device slept, or found another network: that is nobody's doing.
  tab.engine.woken();
  await pass(1000);
  expect(tab.model.session.value.kind).toBe("open");
  await pass(1000);
  expect([tab.model.session.value.kind, tab.model.draft.value, alive()]).toEqual(["loggedOut", "", 0]);
  expect(tab.events()).toContain("loggedOut:expired");
});

test("signs out and wipes when the page is left; on other devices that changes nothing", async () => {
  await tab.start(jwt("ada.1"), "open");
  tab.engine.left();
  expect(tab.model.session.value.kind).toBe("open");
  tab = browser.tab();
  await tab.start(jwt("ada.2"), "open", { sharedDevice: true });
  const { length } = browser.companion.requests;
  tab.engine.left();
  // At once: a moment later the page may be gone.
  expect(browser.companion.requests.slice(length)).toEqual(["DELETE /session"]);
  expect(tab.lines()).toEqual([]);
});
