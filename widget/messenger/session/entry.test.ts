import { beforeEach, expect, test } from "vitest";
import type { AssertedIdentity } from "../../bridge/messages.ts";
import { FakeBrowser, jwt } from "../fixtures/fake-browser.ts";
import { settled } from "../fixtures/fake-time.ts";
import { type Api, createApi } from "../transport/api.ts";
import { type Entry, enter } from "./entry.ts";
import { createVault, type StoredSession } from "./vault.ts";

let browser: FakeBrowser;
let api: Api;
beforeEach(() => {
  browser = new FakeBrowser();
  api = createApi({ ...browser.time, fetch: browser.companion.fetch }, "acme-web");
});

let spentHash: string | null = null;
const spent = {
  read: () => spentHash,
  write(claimHash: string | null) {
    spentHash = claimHash;
  },
};
beforeEach(() => spent.write(null));

const entering = (claim: AssertedIdentity, stored: StoredSession | null, more: Partial<Entry> = {}) =>
  enter({
    api,
    fingerprint: async (text) => `hash of ${text}`,
    claim,
    stored,
    spent,
    how: "claiming",
    handover: null,
    isCurrent: () => true,
    ...more,
  });

/** Ada's session as it was left in the tab. */
async function adaWasHere(): Promise<StoredSession> {
  const answer = await entering(jwt("ada.1"), null);
  if (!answer || "code" in answer) throw new Error("Ada can't enter.");
  browser.companion.requests.length = 0;
  return { sessionToken: answer.session.sessionToken, claimHash: answer.claimHash, contactId: "ada" };
}

test("without a stored session one is opened", async () => {
  expect(await entering(jwt("ada.1"), null)).toMatchObject({
    session: { sessionToken: "session-1", contact: { id: "ada" } },
  });
  expect(browser.companion.requests).toEqual(["POST /sessions"]);
});

test("a session that was stored for the same claim is taken up", async () => {
  const stored = await adaWasHere();
  expect(await entering(jwt("ada.1"), stored)).toMatchObject({
    session: { sessionToken: stored.sessionToken, contact: { id: "ada" } },
    claimHash: stored.claimHash,
  });
  expect(browser.companion.requests).toEqual(["GET /session"]);
});

test("a visitor's session is taken up", async () => {
  const answer = await entering(null, null);
  expect(answer).toMatchObject({ session: { contact: { verified: false } }, claimHash: "visitor" });
  await entering(null, { sessionToken: "session-1", claimHash: "visitor", contactId: "visitor-1" });
  expect(browser.companion.requests).toEqual(["POST /sessions", "GET /session"]);
});

test("a session that was stored for another token of the same person is renewed, under a new session token", async () => {
  const stored = await adaWasHere();
  const answer = await entering(jwt("ada.2"), stored);
  expect(answer).toMatchObject({ session: { sessionToken: "session-1-2", contact: { id: "ada" } } });
  expect(browser.companion.requests).toEqual(["POST /session/renew"]);
});

test("a session of somebody else is not used, nor is another one opened beside it", async () => {
  const stored = await adaWasHere();
  expect(await entering(jwt("bob.1"), stored)).toMatchObject({ code: "identity_changed" });
  expect(browser.companion.requests).toEqual(["POST /session/renew"]);
});

test("where fingerprints equal no other, the server decides whose the session is", async () => {
  const stored = await adaWasHere();
  let count = 0;
  const fingerprint = async () => `unique ${++count}`;
  expect(await entering(jwt("bob.1"), stored, { fingerprint })).toMatchObject({ code: "identity_changed" });
});

test.each(["expired", "revoked"] as const)("a session that is %s gives way to a new one", async (state) => {
  const stored = await adaWasHere();
  browser.companion[state === "expired" ? "expire" : "end"](stored.sessionToken);
  expect(await entering(jwt("ada.2"), stored)).toMatchObject({ session: { sessionToken: "session-2" } });
  expect(browser.companion.requests).toEqual(["POST /session/renew", "POST /sessions"]);
});

test("a refusal that is not about the session opens no other one", async () => {
  const stored = await adaWasHere();
  expect(await entering(jwt("bad.1"), stored)).toMatchObject({ code: "signature_invalid" });
  browser.companion.network = "down";
  expect(await entering(jwt("ada.1"), stored)).toMatchObject({ code: "network", retryable: true });
  expect(browser.companion.requests).toEqual(["POST /session/renew", "GET /session"]);
});

test("nothing is opened for a claim that has been overtaken", async () => {
  const isCurrent = () => false;
  expect(await entering(jwt("ada.1"), null, { isCurrent })).toBeNull();
  expect(
    await entering(jwt("ada.1"), { sessionToken: "gone", claimHash: "", contactId: "" }, { isCurrent }),
  ).toBeNull();
  expect(browser.companion.sessions.size).toBe(0);
});

test("storage that somebody else has written into holds no session that the server takes", async () => {
  const { signedIn } = createVault({ tabStorage: browser.storage, storage: browser.storage }, "acme-web");
  for (const text of ["", " ", "null", "{", '{"sessionToken":1}', "[]"]) {
    browser.storage.set("vouch:acme-web:session", text);
    expect(await entering(jwt("ada.1"), signedIn.read())).toMatchObject({
      session: { contact: { id: "ada" } },
    });
  }
});

test("the session of a login that another login has overtaken is ended", async () => {
  const { companion, time } = browser;
  const tab = browser.tab();
  await tab.start(null);
  companion.holding = true;
  const first = tab.login("ada.1");
  await time.pass(0);
  const second = tab.login("bob.1");
  await time.pass(0);
  companion.holding = false;
  for (const held of companion.held.splice(0).reverse()) {
    held.answer();
    await settled();
  }
  await time.pass(0);
  expect([...companion.sessions.values()].map(({ contactId, state }) => [contactId, state])).toEqual([
    ["bob", "alive"],
    ["ada", "revoked"],
  ]);
  expect([tab.result(first)?.ok, tab.result(second)?.ok]).toEqual([undefined, true]);
  expect(tab.model.session.value).toMatchObject({ kind: "open", contact: { id: "bob" } });
});

test("what a logout wiped does not come back when the server answers at last", async () => {
  const { companion, time, storage } = browser;
  const tab = browser.tab();
  await tab.start(null);
  companion.holding = true;
  tab.login("ada.1");
  await time.pass(0);
  tab.logout();
  companion.holding = false;
  for (const held of companion.held.splice(0)) held.answer();
  await time.pass(0);
  expect([...companion.sessions.values()].map(({ state }) => state)).toEqual(["revoked"]);
  expect([...storage.items, ...tab.tabStorage.items]).toEqual([]);
  expect(tab.model.session.value.kind).toBe("loggedOut");
});
