import { describe, expect, it, vi } from "vitest";
import type { Store } from "../../store/store.ts";
import { refusal, refusalCode } from "../fixtures/refusal.ts";
import { otherRsa, rsa } from "../fixtures/signing.ts";
import {
  emptyStore,
  hour,
  jwkOf,
  keys,
  minute,
  second,
  start,
  startKeyServer,
  status,
  turnedSets,
} from "./fixtures/turned-sets.ts";

const one = jwkOf(rsa, "one");
const two = jwkOf(otherRsa, "two");

/** Sets that were fetched once, and whose server fails from then on. */
async function duringOutage() {
  const server = await startKeyServer(keys(one));
  const turned = await turnedSets([server.url]);
  await turned.sweep();
  server.answer = status(500);
  return { server, ...turned };
}

/** What an earlier process fetched and kept. */
async function fetchInto(store: Store, url: string, now = start): Promise<void> {
  await (await turnedSets([url], { store, now })).sweep();
  await vi.waitFor(async () => expect(await store.jwkSet(url)).not.toBeNull());
}

describe("While the address fails", () => {
  it("for an hour, fetches are few, and known keys serve all the time", async () => {
    const { sweepFor, find, fetches, server, actions } = await duringOutage();
    await sweepFor(hour, async () => {
      expect(await find("one")).toMatchObject({ kid: "one" });
      // Somebody keeps trying with kids that nobody has.
      await find(`x-${Math.random()}`).catch(() => {});
    });
    // One a minute, and those of the first minute.
    expect(fetches()).toBeLessThan(75);
    expect(server.requests).toBe(fetches());
    expect(actions()).toEqual(["jwks.keys_added", "jwks.unavailable"]);
  });

  it("an unknown kid may be that of a new key: the token may be tried again", async () => {
    const { sweepFor, find, server } = await duringOutage();
    await sweepFor(6 * minute);
    const problem = await refusal(() => find("two"));
    expect(problem).toMatchObject({ code: "keyset_unavailable", kind: { status: 503, retryable: true } });
    expect(problem.message).not.toContain(new URL(server.url).host);
  });

  it("keys serve for 24 hours since the last success, and no longer", async () => {
    const { sweepFor, pass, find, sets, server, audit } = await duringOutage();
    await sweepFor(6 * minute);
    pass(24 * hour - 6 * minute - 1);
    expect(await find("one")).toMatchObject({ kid: "one" });
    pass(1);
    expect(await refusalCode(() => find("one"))).toBe("keyset_unavailable");
    await sweepFor(second);
    expect(audit.at(-1)).toMatchObject({
      action: "jwks.keys_expired",
      detail: "The set has been unavailable for 24 hours: “one” no longer verify tokens.",
    });
    expect(sets.status([server.url])).toMatchObject([{ fetchedAt: start, keys: [] }]);
  });

  it("the audit log and the status name the failure and how long known keys serve", async () => {
    const { sweepFor, audit, sets, server } = await duringOutage();
    await sweepFor(6 * minute);
    expect(audit.at(-1)).toMatchObject({
      action: "jwks.unavailable",
      detail: `The answer has status 500; serve the JWK set with 200. The known keys serve until ${new Date(start + 24 * hour).toISOString()}.`,
    });
    expect(sets.status([server.url])).toMatchObject([
      {
        fetchedAt: start,
        failingSince: start + 4.5 * minute,
        failure: "The answer has status 500; serve the JWK set with 200.",
        keys: [{ kid: "one" }],
      },
    ]);
  });

  it("the end of the outage is noticed within a minute, with the keys that changed meanwhile", async () => {
    const { sweepFor, find, server, actions, audit } = await duringOutage();
    await sweepFor(hour);
    server.answer = keys(two);
    await sweepFor(minute);
    expect(await find("two")).toMatchObject({ kid: "two" });
    expect(await find("one")).toBeNull();
    expect(actions().slice(2)).toEqual(["jwks.available", "jwks.keys_added", "jwks.keys_removed"]);
    expect(audit[2]?.detail).toBe(
      `The set is available again, after an outage since ${new Date(start + 4.5 * minute).toISOString()}.`,
    );
  });

  it("from the start, tokens are told that the set is unavailable", async () => {
    const server = await startKeyServer(status(500));
    const { sweep, find, fetches, audit } = await turnedSets([server.url]);
    await sweep();
    for (let time = 0; time < 200; time++)
      expect(await refusalCode(() => find("one"))).toBe("keyset_unavailable");
    expect(fetches()).toBe(1);
    expect(audit).toMatchObject([
      { action: "jwks.unavailable", detail: expect.stringMatching(/with 200\. No key of it is known\.$/) },
    ]);
  });
});

describe("A restart", () => {
  it("during an outage keeps serving what was fetched before, until 24 hours are over", async () => {
    const store = await emptyStore();
    const server = await startKeyServer(keys(one));
    await fetchInto(store, server.url);
    server.answer = status(503);

    const restarted = await turnedSets([server.url], { store, now: start + 23 * hour });
    expect(await restarted.find("one")).toMatchObject({ kid: "one" });
    expect(restarted.fetches()).toBe(0);
    await restarted.sweep();
    expect(await restarted.find("one")).toMatchObject({ kid: "one" });
    expect(await refusalCode(() => restarted.find("two"))).toBe("keyset_unavailable");
    await restarted.sweepFor(minute);
    restarted.pass(hour);
    expect(await refusalCode(() => restarted.find("one"))).toBe("keyset_unavailable");
  });

  it("fetches at once, and tells the audit log of what changed meanwhile only", async () => {
    const store = await emptyStore();
    const server = await startKeyServer(keys(one));
    await fetchInto(store, server.url);
    server.answer = keys(one, two);

    const restarted = await turnedSets([server.url], { store, now: start + minute });
    await restarted.sweep();
    expect(restarted.audit).toMatchObject([
      { action: "jwks.keys_added", detail: "Tokens are verified by “two”." },
    ]);
  });

  it("takes nothing from a store whose set is from the future: its clock was wrong", async () => {
    const store = await emptyStore();
    const server = await startKeyServer(keys(one));
    await fetchInto(store, server.url, start + hour);
    server.answer = status(503);
    const restarted = await turnedSets([server.url], { store });
    expect(await refusalCode(() => restarted.find("one"))).toBe("keyset_unavailable");
  });

  it("survives a store that fails: the set is fetched", async () => {
    const broken = {
      jwkSet: () => Promise.reject(new Error("disk")),
      saveJwkSet: () => Promise.reject(new Error("full")),
    };
    const server = await startKeyServer(keys(one));
    const { find, faults } = await turnedSets([server.url], { store: broken });
    expect(await find("one")).toMatchObject({ kid: "one" });
    expect(faults).toMatchObject([{ message: "disk" }, { message: "full" }]);
  });
});
