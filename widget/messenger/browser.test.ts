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
    expect(await browserSurroundings().sha256("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  test("whose storage is blocked remembers for as long as the frame lives", () => {
    const storage = tolerant(() => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    });
    storage.setItem("key", "value");
    expect(storage.getItem("key")).toBe("value");
    storage.removeItem("key");
    expect(storage.getItem("key")).toBeNull();
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
    storage.setItem("key", "new");
    expect(storage.getItem("key")).toBe("new");
    storage.removeItem("key");
    expect([storage.getItem("key"), items.size]).toEqual([null, 0]);
  });
});
