import { beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "../store/sqlite/open.ts";
import type { Store } from "../store/store.ts";
import { createKeyUsage, type KeyUsage } from "./key-usage.ts";

let now: number;
let store: Store;
let usage: KeyUsage;
beforeEach(async () => {
  now = 1000;
  store = await openSqliteStore(":memory:");
  usage = createKeyUsage({ store, clock: { now: () => now } });
});

test("the last use of each key is known at once, and in the store once it was written", async () => {
  usage.used("acme", "a");
  usage.used("other", "a");
  now = 2000;
  usage.used("acme", "a");
  expect(await usage.lastUses("acme")).toEqual(new Map([["a", 2000]]));
  expect(await store.keyUses("acme")).toEqual([]);
  await usage.write();
  expect(await store.keyUses("acme")).toEqual([{ communityId: "acme", kid: "a", usedAt: 2000 }]);
  expect(await usage.lastUses("acme")).toEqual(new Map([["a", 2000]]));
});

test("what is new in memory stands over what is old in the store", async () => {
  usage.used("acme", "a");
  await usage.write();
  now = 3000;
  usage.used("acme", "a");
  usage.used("acme", "b");
  expect(await usage.lastUses("acme")).toEqual(
    new Map([
      ["a", 3000],
      ["b", 3000],
    ]),
  );
});

test("what could not be written is written the next time, and never over a later use", async () => {
  let broken = true;
  const fragile = createKeyUsage({
    clock: { now: () => now },
    store: {
      ...store,
      recordKeyUses: (uses) => (broken ? Promise.reject(new Error("disk")) : store.recordKeyUses(uses)),
    },
  });
  fragile.used("acme", "a");
  fragile.used("acme", "b");
  const failed = fragile.write();
  now = 5000;
  fragile.used("acme", "a");
  await expect(failed).rejects.toThrow("disk");
  broken = false;
  await fragile.write();
  expect(new Map((await store.keyUses("acme")).map(({ kid, usedAt }) => [kid, usedAt]))).toEqual(
    new Map([
      ["a", 5000],
      ["b", 1000],
    ]),
  );
});
