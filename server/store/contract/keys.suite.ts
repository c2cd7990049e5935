import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { start } from "./fixtures.ts";

export function keyContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: platform keys`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const key = (kid: string, createdAt: number) => ({ kid, sealedJwk: `sealed ${kid}`, createdAt });

    it("come newest first", async () => {
      await store.addPlatformKey(key("old", start), start - 10);
      expect(await store.addPlatformKey(key("new", start + 20), start + 10)).toEqual([
        key("new", start + 20),
        key("old", start),
      ]);
      expect((await store.platformKeys()).map(({ kid }) => kid)).toEqual(["new", "old"]);
    });

    it("keep one of two that are added at the same time, the same for both", async () => {
      const [first, second] = await Promise.all([
        store.addPlatformKey(key("one", start), start - 10),
        store.addPlatformKey(key("two", start), start - 10),
      ]);
      expect([[key("one", start)], [key("two", start)]]).toContainEqual(first);
      expect(second).toEqual(first);
    });

    it("are removed by age", async () => {
      await store.addPlatformKey(key("old", start), start - 10);
      await store.addPlatformKey(key("new", start + 20), start + 10);
      await store.removePlatformKeys(start + 20);
      expect((await store.platformKeys()).map(({ kid }) => kid)).toEqual(["new"]);
    });

    it("say that the store answers", async () => {
      await store.ping();
    });
  });
}
