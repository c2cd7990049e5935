import { describe, expect, it } from "vitest";
import { rsa } from "../fixtures/signing.ts";
import { createFetchedSet, type FetchedSetParts } from "./fetched-set.ts";
import { jwkOf, start } from "./fixtures/turned-sets.ts";

const url = "https://login.acme.example/jwks.json";
const document = JSON.stringify({ keys: [jwkOf(rsa, "one")] });

function setUp(changes: Partial<FetchedSetParts> = {}) {
  const faults: unknown[] = [];
  const set = createFetchedSet(url, {
    fetch: () => Promise.reject(new Error("Nothing is to be fetched.")),
    store: { jwkSet: async () => null, saveJwkSet: async () => {} },
    clock: { now: () => start },
    audit: { note() {} },
    random: () => 1,
    failed: (error) => faults.push(error),
    signal: new AbortController().signal,
    ...changes,
  });
  return { set, faults };
}

describe("A set", () => {
  it("that the store has is known from the start, and is to be fetched all the same", async () => {
    const stored = { url, document, fetchedAt: start - 5 };
    const { set, faults } = setUp({ store: { jwkSet: async () => stored, saveJwkSet: async () => {} } });
    await set.loaded;
    expect(set.state()).toMatchObject({ kind: "unfetched", known: { fetchedAt: start - 5 } });
    expect([...(set.state().known?.keys.keys() ?? [])]).toEqual(["one"]);
    expect(faults).toEqual([]);
  });

  it("that the store does not have is no fault", async () => {
    const { set, faults } = setUp();
    await set.loaded;
    expect(set.state()).toEqual({ kind: "unfetched", known: null });
    expect(faults).toEqual([]);
  });

  it("that a fault of ours keeps from being read points at the log, which has the fault", async () => {
    const fault = new TypeError("a fault of our own, with secrets in it");
    const { set, faults } = setUp({ fetch: () => Promise.reject(fault) });
    await set.refresh();
    expect(set.state()).toMatchObject({
      kind: "failing",
      reason: "The set could not be read by a fault of this server; see its log.",
    });
    expect(faults).toEqual([fault]);
  });
});
