import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { hashOf, hour, open, opening, signed, start, token } from "./fixtures.ts";

export function sessionEndContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: how sessions end`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    describe("ending", () => {
      const end = (tokenText: string, everywhere: boolean, at = start) =>
        store.endSession({ tokenHash: hashOf(tokenText), everywhere, at });
      const isOver = async (tokenText: string) =>
        (await store.findSession(hashOf(tokenText)))?.session.endedAt !== null;

      it("ends the session, and only once", async () => {
        const { session } = await open(store, opening(signed("ada"), { tokenHash: hashOf("a") }));
        expect(await end("a", false)).toEqual([session.id]);
        expect(await end("a", false)).toEqual([]);
        expect(await end("never was", false)).toEqual([]);
        expect((await store.findSession(hashOf("a")))?.session.endedAt).toBe(start);
      });

      it("revokes the token it came from, and the token that one was exchanged for", async () => {
        const identityToken = token("platform", { hashes: [hashOf("platform"), hashOf("contact")] });
        await open(store, opening(signed("ada"), { tokenHash: hashOf("a"), identityToken }));
        await end("a", false);
        const revoked = { ok: false, code: "token_revoked" };
        for (const text of ["platform", "contact"]) {
          const again = opening(signed("ada"), { identityToken: token(text) });
          expect(await store.openSession(again)).toEqual(revoked);
          expect(await store.recordContact(signed("ada"), token(text), start)).toEqual(revoked);
        }
        expect(await store.openSession(opening(signed("ada")))).toMatchObject({ ok: true });
      });

      it("leaves the contact's other sessions alone, those of the same token too", async () => {
        const identityToken = token("jwt");
        const a = await open(store, opening(signed("ada"), { tokenHash: hashOf("a"), identityToken }));
        await open(store, opening(signed("ada"), { tokenHash: hashOf("b"), identityToken }));
        await open(store, opening(signed("ada"), { tokenHash: hashOf("c") }));
        expect(await end("a", false)).toEqual([a.session.id]);
        expect(await isOver("b")).toBe(false);
        expect(await isOver("c")).toBe(false);
      });

      it("everywhere: ends every session of the contact, and refuses every token issued before", async () => {
        await open(store, opening(signed("ada"), { tokenHash: hashOf("a") }));
        await open(store, opening(signed("ada"), { tokenHash: hashOf("b") }));
        await open(store, opening(signed("bob"), { tokenHash: hashOf("c") }));
        expect(await end("a", true, start + 500)).toHaveLength(2);
        expect(await isOver("b")).toBe(true);
        expect(await isOver("c")).toBe(false);

        const second = start / 1000;
        const attempt = (issuedAtSeconds: number | null, identity = "ada") =>
          store.openSession(
            opening(signed(identity), { identityToken: token(`at ${issuedAtSeconds}`, { issuedAtSeconds }) }),
          );
        const refused = { ok: false, code: "token_revoked" };
        expect(await attempt(second - 1)).toEqual(refused);
        expect(await attempt(null)).toEqual(refused);
        expect(await attempt(second)).toMatchObject({ ok: true });
        expect(await attempt(second - 1, "bob")).toMatchObject({ ok: true });
      });

      it("takes the token of before the last renewal, and never one of before that or of a renewal that was refused", async () => {
        const { session } = await open(store, opening(signed("ada"), { tokenHash: hashOf("a") }));
        const renew = (tokenText: string, identity = "ada") =>
          store.renewSession({
            sessionId: session.id,
            tokenHash: hashOf(tokenText),
            contact: signed(identity),
            identityToken: null,
            grant: null,
            idleExpiresAt: start + hour,
            absoluteExpiresAt: start + hour,
            at: start,
          });
        await renew("b");
        await renew("c");
        expect(await renew("d", "bob")).toMatchObject({ ok: false });
        for (const none of ["a", "d"]) expect(await end(none, false)).toEqual([]);
        expect(await end("b", false)).toEqual([session.id]);
        expect(await end("b", false)).toEqual([]);
        expect(await isOver("c")).toBe(true);
      });

      it("says which sessions live, and until when; neither the ended nor the forgotten are among them", async () => {
        const a = await open(store, opening(signed("ada"), { tokenHash: hashOf("a") }));
        const b = await open(store, opening(signed("bob"), { tokenHash: hashOf("b") }));
        await end("a", false);
        await store.touchSession(b.session.id, start + 2 * hour);
        expect(await store.liveAmong([b.session.id, a.session.id, "forgotten"])).toEqual([
          { id: b.session.id, idleExpiresAt: start + 2 * hour, absoluteExpiresAt: start + 24 * hour },
        ]);
        expect(await store.liveAmong([])).toEqual([]);
      });
    });

    describe("sweeping", () => {
      it("forgets sessions, revocations and used ids whose time has passed, and nothing else", async () => {
        const identityToken = token("jwt", { singleUseId: "jti-1" });
        const early = { tokenHash: hashOf("early"), identityToken };
        await open(store, opening(signed("ada"), early));
        await open(
          store,
          opening(signed("bob"), { tokenHash: hashOf("late"), idleExpiresAt: start + 20 * hour }),
        );
        await store.endSession({ tokenHash: hashOf("early"), everywhere: false, at: start });

        await store.sweepSessions(start + 2 * hour);
        expect(await store.findSession(hashOf("early"))).toBeNull();
        expect(await store.findSession(hashOf("late"))).not.toBeNull();
        const again = opening(signed("ada"), { identityToken });
        expect(await store.openSession(again)).toEqual({ ok: false, code: "token_revoked" });

        await store.sweepSessions(start + 25 * hour);
        expect(await store.findSession(hashOf("late"))).toBeNull();
        expect(await store.openSession(again)).toMatchObject({ ok: true });
      });

      it("gets through more sessions than it takes at once", async () => {
        const all = Array.from({ length: 1100 }, (_, index) => opening(signed(`user-${index}`)));
        const opened = await Promise.all(all.map((one) => open(store, one)));
        await store.sweepSessions(start + 2 * hour);
        const ids = opened.map(({ session }) => session.id);
        expect(await store.liveAmong(ids)).toEqual([]);
        expect(await store.findSession(all[1099]?.tokenHash ?? "")).toBeNull();
      }, 180_000);
    });
  });
}
