import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { start } from "./fixtures.ts";

export function jwkSetContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: JWK sets`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const url = "https://login.acme.example/jwks.json";
    const set = (document: string, fetchedAt: number) => ({ url, document, fetchedAt });

    it("are none for an address that was never fetched", async () => {
      expect(await store.jwkSet(url)).toBeNull();
    });

    it("are kept by their exact address, as they were fetched", async () => {
      await store.saveJwkSet(set('{"keys":[]}\n é 👩‍👩‍👧', start));
      expect(await store.jwkSet(url)).toEqual(set('{"keys":[]}\n é 👩‍👩‍👧', start));
      expect(await store.jwkSet(`${url}?a`)).toBeNull();
    });

    it("are replaced by newer ones, and not by older ones", async () => {
      await store.saveJwkSet(set("first", start));
      await store.saveJwkSet(set("second", start + 1));
      await store.saveJwkSet(set("late", start));
      expect(await store.jwkSet(url)).toEqual(set("second", start + 1));
    });
  });
}
