import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isIntact } from "../../audit/chain.ts";
import type { ConfigurationChange } from "../configuration-store.ts";
import type { Store } from "../store.ts";
import { open, opening, signed, start } from "./fixtures.ts";

export function configurationContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: what administrators configured`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const change = (more: Partial<ConfigurationChange> = {}): ConfigurationChange => ({
      kind: "community",
      id: "acme",
      document: "{}",
      revision: 0,
      at: start,
      audit: {
        actor: "administrator",
        action: "community.created",
        target: "community/acme",
        detail: "Made.",
      },
      ...more,
    });

    it("is nothing at first", async () => {
      expect(await store.configuration()).toEqual({ revision: 0, objects: [] });
      expect(await store.configurationRevision()).toBe(0);
    });

    it("is kept by kind and id, replaced and removed, and counts its revisions", async () => {
      expect(await store.changeConfiguration(change({ document: "one" }))).toBe(1);
      expect(await store.changeConfiguration(change({ kind: "deployment", revision: 1 }))).toBe(2);
      expect(await store.changeConfiguration(change({ document: "two", revision: 2, at: start + 1 }))).toBe(
        3,
      );
      expect(await store.configuration()).toEqual({
        revision: 3,
        objects: [
          { kind: "community", id: "acme", document: "two", updatedAt: start + 1 },
          { kind: "deployment", id: "acme", document: "{}", updatedAt: start },
        ],
      });
      expect(await store.changeConfiguration(change({ document: null, revision: 3 }))).toBe(4);
      expect((await store.configuration()).objects.map(({ kind }) => kind)).toEqual(["deployment"]);
      expect(await store.configurationRevision()).toBe(4);
    });

    it("takes one of two changes that were decided on the same revision, and writes one entry", async () => {
      const both = await Promise.all([
        store.changeConfiguration(change({ document: "one" })),
        store.changeConfiguration(change({ document: "two" })),
      ]);
      expect(both.filter((revision) => revision !== null)).toEqual([1]);
      const document = both[0] === 1 ? "one" : "two";
      expect((await store.configuration()).objects).toMatchObject([{ document }]);
      expect(await store.auditEntries({ limit: 10 })).toHaveLength(1);
    });

    it("writes each change into the audit log", async () => {
      await store.changeConfiguration(change());
      const [entry] = await store.auditEntries({ limit: 1 });
      expect(entry).toMatchObject({ ...change().audit, position: 1, at: start });
    });
  });

  describe(`${name}: the audit log`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const draft = (detail: string) => ({
      actor: "server",
      action: "jwks.unavailable",
      target: "community/acme",
      detail,
    });

    it("chains its entries, newest first, in pages that verify by themselves and together", async () => {
      const written = await Promise.all(
        ["one", "two “2”", "three\n", "four"].map((detail, index) =>
          store.appendAudit(draft(detail), start + index),
        ),
      );
      const all = await store.auditEntries({ limit: 10 });
      expect(all).toEqual(written.toSorted((one, other) => other.position - one.position));
      expect(all.map(({ position }) => position)).toEqual([4, 3, 2, 1]);
      expect(isIntact(all)).toBe(true);
      const page = await store.auditEntries({ before: 4, limit: 2 });
      expect(page.map(({ position }) => position)).toEqual([3, 2]);
      expect(isIntact(page)).toBe(true);
    });
  });

  describe(`${name}: the use of keys`, () => {
    it("is the latest of each key, whatever the order it is told in", async () => {
      const store = await openStore();
      const use = (kid: string, usedAt: number, communityId = "acme") => ({ communityId, kid, usedAt });
      await store.recordKeyUses([use("a", start + 5), use("b", start), use("a", start, "other")]);
      await store.recordKeyUses([use("a", start + 1), use("b", start + 9)]);
      const found = await store.keyUses("acme");
      expect(found.toSorted((one, other) => one.kid.localeCompare(other.kid))).toEqual([
        use("a", start + 5),
        use("b", start + 9),
      ]);
      expect(await store.keyUses("nobody")).toEqual([]);
      await store.close();
    });
  });

  describe(`${name}: sealed texts`, () => {
    it("are all handed over and replaced, those inside documents as well", async () => {
      const store = await openStore();
      await store.addPlatformKey({ kid: "k", sealedJwk: "sealed jwk", createdAt: start }, start - 1);
      const document = (sealed: string) =>
        JSON.stringify({ settings: { keys: [{ secret: { sealed } }, { kid: "public" }] } });
      const audit = { actor: "a", action: "b", target: "c", detail: "d" };
      await store.changeConfiguration({
        kind: "community",
        id: "acme",
        document: document("sealed secret"),
        revision: 0,
        at: start,
        audit,
      });
      const grant = { sealedRefreshToken: "sealed token", providerSession: null };
      const { session } = await open(store, opening(signed("ada"), { grant }));
      await open(store, opening(signed("bob"), { grant: { ...grant, sealedRefreshToken: null } }));
      expect(await store.renewSealed((sealed) => sealed.replace("sealed", "renewed"))).toBe(3);
      expect((await store.grant(session.id))?.sealedRefreshToken).toBe("renewed token");
      expect((await store.platformKeys())[0]?.sealedJwk).toBe("renewed jwk");
      expect((await store.configuration()).objects[0]?.document).toBe(document("renewed secret"));
      expect(await store.renewSealed((sealed) => sealed)).toBe(0);
      await store.close();
    });
  });
}
