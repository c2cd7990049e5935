import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EndSelection, Store } from "../store.ts";
import { hashOf, hour, open, openFor, opening, signed, start, token } from "./fixtures.ts";

export function sessionSelectionContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: sessions chosen from outside`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const granted = (providerSession: string, contact = signed("ada")) =>
      open(store, opening(contact, { grant: { sealedRefreshToken: null, providerSession } }));
    const end = (selection: EndSelection) => store.endSelected(selection, start);
    async function endedOf(...all: readonly { session: { id: string } }[]) {
      const ids = all.map(({ session }) => session.id);
      const live = new Set((await store.liveAmong(ids)).map(({ id }) => id));
      return ids.filter((id) => !live.has(id));
    }

    describe("ending those of a contact", () => {
      const ofAda = (issuedBeforeSeconds = start / 1000): EndSelection => ({
        by: "contact",
        platformKey: signed("ada").platformKey,
        issuedBeforeSeconds,
      });
      const attempt = (issuedAtSeconds: number, identity = "ada") =>
        store.openSession(
          opening(signed(identity), { identityToken: token(`at ${issuedAtSeconds}`, { issuedAtSeconds }) }),
        );

      it("ends all of them, once, and nobody else's", async () => {
        const [a, b, bob] = [
          await openFor(store, "ada"),
          await openFor(store, "ada"),
          await openFor(store, "bob"),
        ];
        const ids = [a.session.id, b.session.id];
        expect((await end(ofAda())).toSorted()).toEqual(ids.toSorted());
        expect((await endedOf(a, b, bob)).toSorted()).toEqual(ids.toSorted());
        expect(await end(ofAda())).toEqual([]);
      });

      it("refuses tokens issued before the second, takes later ones, and never moves the second back", async () => {
        await openFor(store, "ada");
        const second = start / 1000 + 10;
        await end(ofAda(second));
        await end(ofAda(second - 5));
        expect(await attempt(second - 1)).toEqual({ ok: false, code: "token_revoked" });
        expect(await attempt(second)).toMatchObject({ ok: true });
        expect(await attempt(second - 1, "bob")).toMatchObject({ ok: true });
      });

      it("refuses the token of a first login that was under way", async () => {
        const second = start / 1000 + 10;
        expect(await end(ofAda(second))).toEqual([]);
        expect(await attempt(second - 1)).toEqual({ ok: false, code: "token_revoked" });
        const opened = await attempt(second);
        expect(opened).toMatchObject({ ok: true, contact: { platformKey: signed("ada").platformKey } });
      });

      it("for a request that counts once: ends them once in its community", async () => {
        const use = { communityId: "acme", id: "logout:1", expiresAtSeconds: start / 1000 + 120 };
        const once = (id: string, communityId = "acme") =>
          store.endSelectedOnce(ofAda(), { ...use, id, communityId }, start);
        const first = await openFor(store, "ada");
        expect(await once("logout:1")).toEqual([first.session.id]);
        const second = await openFor(store, "ada");
        expect(await once("logout:1")).toBeNull();
        expect(await endedOf(second)).toEqual([]);
        expect(await once("logout:1", "other")).toEqual([second.session.id]);
        expect(await once("logout:2")).toEqual([]);
      });

      it("makes nobody of a key that is none, and of a visitor's", async () => {
        for (const platformKey of ["", "ada", "v1/acme/ANON/uid:1", "v1/acme/AUTH/uid:ada"])
          expect(await end({ by: "contact", platformKey, issuedBeforeSeconds: 1 })).toEqual([]);
      });
    });

    it("ends those of a provider's session: of that community, of that provider", async () => {
      const [a, b, other] = [await granted("sid-1"), await granted("sid-1"), await granted("sid-2")];
      const elsewhere = await granted("sid-1", signed("ada", {}, "other"));
      const selection = {
        by: "providerSession",
        communityId: "acme",
        providerSession: "sid-1",
        tokensExpireAt: start + hour,
      } as const;
      expect(await end({ ...selection, authId: "sso" })).toEqual([]);
      const ids = [a.session.id, b.session.id];
      expect((await end({ ...selection, authId: "jwt" })).toSorted()).toEqual(ids.toSorted());
      expect((await endedOf(a, b, other, elsewhere)).toSorted()).toEqual(ids.toSorted());
    });

    it("ends one by its id, if it is the contact's own", async () => {
      const [a, b, bob] = [
        await openFor(store, "ada"),
        await openFor(store, "ada"),
        await openFor(store, "bob"),
      ];
      const byId = (sessionId: string) => end({ by: "id", sessionId, contactId: a.contact.id });
      expect(await byId(bob.session.id)).toEqual([]);
      expect(await byId("never was")).toEqual([]);
      expect(await byId(b.session.id)).toEqual([b.session.id]);
      expect(await byId(b.session.id)).toEqual([]);
      expect(await endedOf(a, b, bob)).toEqual([b.session.id]);
    });

    it("ends all but one", async () => {
      const [a, b, c] = [
        await openFor(store, "ada"),
        await openFor(store, "ada"),
        await openFor(store, "ada"),
      ];
      const bob = await openFor(store, "bob");
      const ended = await end({ by: "others", sessionId: b.session.id, contactId: b.contact.id });
      expect(ended.toSorted()).toEqual([a.session.id, c.session.id].toSorted());
      expect(await endedOf(b, bob)).toEqual([]);
    });

    it("revokes the identity tokens of whatever it ends", async () => {
      const selections = (contactId: string, sessionId: string): EndSelection[] => [
        { by: "id", sessionId, contactId },
        { by: "others", sessionId: "another", contactId },
        {
          by: "providerSession",
          communityId: "acme",
          authId: "jwt",
          providerSession: "sid",
          tokensExpireAt: 0,
        },
        { by: "contact", platformKey: signed("ada").platformKey, issuedBeforeSeconds: 0 },
      ];
      for (const index of [0, 1, 2, 3]) {
        const identityToken = token(`jwt ${index}`);
        const grant = { sealedRefreshToken: null, providerSession: "sid" };
        const { session, contact } = await open(store, opening(signed("ada"), { identityToken, grant }));
        const selection = selections(contact.id, session.id)[index];
        expect(selection && (await end(selection))).toEqual([session.id]);
        expect(await store.openSession(opening(signed("ada"), { identityToken }))).toEqual({
          ok: false,
          code: "token_revoked",
        });
      }
    });

    it("lists what lives, newest first, with its device", async () => {
      const first = await openFor(store, "ada");
      const second = await open(
        store,
        opening(signed("ada"), {
          device: "Firefox on Linux",
          at: start + 1,
          idleExpiresAt: start + 2 * hour,
        }),
      );
      const ended = await open(store, opening(signed("ada"), { tokenHash: hashOf("ended"), at: start + 2 }));
      await store.endSession({ tokenHash: hashOf("ended"), everywhere: false, at: start + 2 });
      await openFor(store, "bob");
      const listed = await store.sessionsOf(ended.contact.id, start + 3);
      expect(listed).toEqual([
        { ...second.session, device: "Firefox on Linux" },
        { ...first.session, device: "Chrome on Windows" },
      ]);
      expect(await store.sessionsOf(ended.contact.id, start + hour)).toHaveLength(1);
      expect(await store.sessionsOf("nobody", start)).toEqual([]);
    });
  });
}
