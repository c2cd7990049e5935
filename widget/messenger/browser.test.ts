import { describe, expect, test } from "vitest";
import { uuidPattern } from "../../shared/ids.ts";
import { browserSurroundings, tolerant } from "./browser.ts";

describe("the browser", () => {
  test("makes UUIDs of version 4 without a secure context", () => {
    const { uuid } = browserSurroundings();
    const made = Array.from({ length: 100 }, uuid);
    expect(made.every((id) => uuidPattern.test(id) && id[14] === "4" && id[19] === "8")).toBe(true);
    expect(new Set(made).size).toBe(100);
  });

  test("hashes as FIPS 180-4 says", async () => {
    expect(await browserSurroundings().fingerprint("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  test("whose storage is blocked remembers for as long as the frame lives", () => {
    const storage = tolerant(() => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    });
    storage.set("key", "value");
    expect(storage.get("key")).toBe("value");
    storage.set("key", null);
    expect(storage.get("key")).toBeNull();
  });

  test("whose storage is full remembers the newest value, not the stored one", () => {
    const items = new Map([["key", "old"]]);
    const storage = tolerant(() => ({
      getItem: (key) => items.get(key) ?? null,
      setItem() {
        throw new DOMException("Full.", "QuotaExceededError");
      },
      removeItem: (key) => void items.delete(key),
    }));
    storage.set("key", "new");
    expect(storage.get("key")).toBe("new");
    storage.set("key", null);
    expect([storage.get("key"), items.size]).toEqual([null, 0]);
  });
});
