import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hashOf, open, opening, signed, start } from "../store/contract/fixtures.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import type { Store } from "../store/store.ts";
import { createRevocations } from "./revocations.ts";

let store: Store;
let now = start;
beforeEach(async () => {
  store = await openSqliteStore(":memory:");
  now = start;
});
afterEach(() => store.close());

const communities = new Map([["acme", { id: "acme" }]]) as never;

function revoking(revoke: (sealed: string) => Promise<boolean>, configured = communities) {
  const asked: string[] = [];
  const failed = vi.fn();
  const revocations = createRevocations({
    store,
    oidc: {
      revoke: async (sealed) => {
        asked.push(sealed);
        return revoke(sealed);
      },
    },
    config: { communities: configured },
    clock: { now: () => now },
    failed,
  });
  return { ...revocations, asked, failed };
}

/** A session with this refresh token, ended. */
async function ended(sealedRefreshToken: string): Promise<void> {
  const tokenHash = hashOf(sealedRefreshToken);
  const grant = { sealedRefreshToken, providerSession: null };
  await open(store, opening(signed("ada"), { tokenHash, grant }));
  await store.endSession({ tokenHash, everywhere: false, at: start });
}

const left = async () => (await store.grantsToRevoke(now, 100)).length;

test("what an ended session leaves behind is revoked once", async () => {
  await ended("r-1");
  const { sweep, asked } = revoking(async () => true);
  await sweep();
  await sweep();
  expect(asked).toEqual(["r-1"]);
  expect(await left()).toBe(0);
});

test("a live session's refresh token is left alone", async () => {
  await open(store, opening(signed("ada"), { grant: { sealedRefreshToken: "r-1", providerSession: null } }));
  const { sweep, asked } = revoking(async () => true);
  await sweep();
  expect(asked).toEqual([]);
});

test("a provider that is down is asked again later and later, and nothing is forgotten meanwhile", async () => {
  await ended("r-1");
  const { sweep, asked } = revoking(async () => false);
  const attempts: number[] = [];
  for (let second = 0; second <= 160; second++) {
    const before = asked.length;
    await sweep();
    if (asked.length > before) attempts.push(second);
    now += 1000;
  }
  expect(attempts).toEqual([0, 5, 15, 35, 75, 155]);
  expect(await left()).toBe(1);
});

test("after a restart it is asked at once", async () => {
  await ended("r-1");
  await revoking(async () => false).sweep();
  const { sweep, asked } = revoking(async () => true);
  await sweep();
  expect(asked).toEqual(["r-1"]);
});

test("tokens of a provider that is down don't hold up the others", async () => {
  for (let i = 0; i < 25; i++) await ended(`down-${i}`);
  await ended("up");
  const { sweep, asked } = revoking(async (sealed) => sealed === "up");
  await sweep();
  await sweep();
  expect(asked).toContain("up");
  expect(await left()).toBe(25);
});

test("where the community is gone there is nobody to ask", async () => {
  await ended("r-1");
  const { sweep, asked } = revoking(async () => true, new Map() as never);
  await sweep();
  expect(asked).toEqual([]);
  expect(await left()).toBe(0);
});

test("two sweeps at once are one", async () => {
  await ended("r-1");
  const { sweep, asked } = revoking(async () => true);
  await Promise.all([sweep(), sweep()]);
  expect(asked).toEqual(["r-1"]);
});

test("a fault is told, and the next sweep tries again", async () => {
  await ended("r-1");
  const fault = new Error("fault");
  const revoke = vi.fn(async () => true).mockRejectedValueOnce(fault);
  const { sweep, failed } = revoking(revoke);
  await sweep();
  expect(failed).toHaveBeenCalledWith(fault);
  await sweep();
  expect(await left()).toBe(0);
});
