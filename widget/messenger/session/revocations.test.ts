import { expect, test } from "vitest";
import { FakeBrowser } from "../fixtures/fake-browser.ts";
import { createApi } from "../transport/api.ts";
import { createRevocations } from "./revocations.ts";

function revoking() {
  const browser = new FakeBrowser();
  const { companion, time, storage } = browser;
  const api = createApi({ ...time, fetch: companion.fetch }, "acme-web");
  const begin = () => createRevocations({ ...time, random: () => 0.5, storage }, api);
  return { companion, time, storage, api, begin, revocations: begin() };
}

async function opened({ api }: ReturnType<typeof revoking>): Promise<string> {
  const answer = await api.open({ type: "contactJwt", token: "ada.1" });
  return "code" in answer ? "" : answer.sessionToken;
}

test("a revocation is repeated until the server answers, and then forgotten", async () => {
  const stage = revoking();
  const { companion, time, storage, revocations } = stage;
  const sessionToken = await opened(stage);
  companion.network = "html";
  await revocations.end(sessionToken, "everywhere=true");
  expect(storage.items.size).toBe(1);
  await time.pass(5000);
  companion.network = "up";
  await time.pass(15_000);
  expect(companion.sessions.get(sessionToken)?.state).toBe("revoked");
  expect(companion.requests.at(-1)).toBe("DELETE /session?everywhere=true");
  expect(storage.items.size).toBe(0);
});

test("a revocation outlives the page", async () => {
  const stage = revoking();
  const { companion, time, storage, revocations, begin } = stage;
  const sessionToken = await opened(stage);
  companion.network = "down";
  await revocations.end(sessionToken, "");
  companion.network = "up";
  begin().resume();
  await time.pass(0);
  expect(companion.sessions.get(sessionToken)?.state).toBe("revoked");
  expect(storage.items.size).toBe(0);
});

test("of many revocations that can't be made the newest twenty are kept", async () => {
  const { companion, storage, revocations } = revoking();
  companion.network = "down";
  for (let count = 1; count <= 30; count++) await revocations.end(`token-${count}`, "");
  const kept = [...storage.items.values()].join("\n").split("\n");
  expect([kept.length, kept[0]]).toEqual([20, "token-11 "]);
});

test("what another tab writes back, because it had read the list before, goes once more", async () => {
  const stage = revoking();
  const { companion, time, storage, revocations } = stage;
  const sessionToken = await opened(stage);
  const ended = revocations.end(sessionToken, "");
  const readBefore = [...storage.items];
  await ended;
  expect(storage.items.size).toBe(0);
  for (const [key, value] of readBefore) storage.set(key, value);
  await time.pass(1000);
  expect(storage.items.size).toBe(0);
  const asked = companion.requests.length;
  await time.pass(60_000);
  expect(companion.requests).toHaveLength(asked);
});

test("a revocation that another tab leaves out of the list, because it had read it before, is kept where it fails", async () => {
  const stage = revoking();
  const { companion, time, storage, revocations, begin } = stage;
  const sessionToken = await opened(stage);
  companion.network = "down";
  const ended = revocations.end(sessionToken, "");
  storage.items.clear();
  await ended;
  companion.network = "up";
  begin().resume();
  await time.pass(0);
  expect(companion.sessions.get(sessionToken)?.state).toBe("revoked");
});
