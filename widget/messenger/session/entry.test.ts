import { beforeEach, expect, test } from "vitest";
import { FakeBrowser, jwt } from "../fixtures/fake-browser.ts";
import { createApi } from "../transport/api.ts";
import { keep } from "./entry.ts";
import { createRevocations } from "./revocations.ts";
import { createVault } from "./vault.ts";

let browser: FakeBrowser;
beforeEach(() => {
  browser = new FakeBrowser();
});

test("what a logout wiped does not come back when the hash is ready at last", async () => {
  const vault = createVault({ tabStorage: browser.storage, storage: browser.storage }, "acme-web");
  const session = await createApi({ ...browser.time, fetch: browser.companion.fetch }, "acme-web").open({
    type: "contactJwt",
    token: "ada.1",
  });
  const kept = { claim: jwt("ada.1"), session };
  await keep({ vault, sha256: async () => "hash" }, { ...kept, isCurrent: () => false });
  await keep({ vault, sha256: async () => null }, { ...kept, isCurrent: () => true });
  expect(browser.storage.items.size).toBe(0);
  await keep({ vault, sha256: async () => "hash" }, { ...kept, isCurrent: () => true });
  expect(vault.signedIn()).toEqual({ sessionToken: "session-1", claimHash: "hash" });
});

test("storage that somebody else has written into holds no session", () => {
  const vault = createVault({ tabStorage: browser.storage, storage: browser.storage }, "acme-web");
  for (const text of ["", "null", "{", '{"sessionToken":1}', "[]"]) {
    browser.storage.setItem("vouch:acme-web:session", text);
    expect(vault.signedIn()).toBeNull();
  }
});

test("a revocation is repeated until the server answers, and then forgotten", async () => {
  const { companion, time, storage } = browser;
  const api = createApi({ ...time, fetch: companion.fetch }, "acme-web");
  const { sessionToken } = await api.open({ type: "contactJwt", token: "ada.1" });
  const revocations = createRevocations({ ...time, random: () => 0.5, storage }, api);
  companion.network = "html";
  await revocations.end(sessionToken, { everywhere: true });
  expect(storage.items.size).toBe(1);
  await time.pass(5000);
  companion.network = "up";
  await time.pass(15_000);
  expect(companion.sessions.get(sessionToken)?.state).toBe("revoked");
  expect(companion.requests.at(-1)).toBe("DELETE /session?everywhere=true");
  expect(storage.items.size).toBe(0);
});

test("of many revocations that can't be made the newest twenty are kept", async () => {
  const { companion, time, storage } = browser;
  companion.network = "down";
  const api = createApi({ ...time, fetch: companion.fetch }, "acme-web");
  const revocations = createRevocations({ ...time, random: () => 0.5, storage }, api);
  for (let count = 1; count <= 30; count++) await revocations.end(`token-${count}`, { everywhere: false });
  const kept: { sessionToken: string }[] = JSON.parse([...storage.items.values()][0] ?? "");
  expect([kept.length, kept[0]?.sessionToken]).toEqual([20, "token-11"]);
});
