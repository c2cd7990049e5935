import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionGrant, Store } from "../store.ts";
import { hashOf, hour, open, openFor, opening, signed, start, token } from "./fixtures.ts";

export function grantContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: what providers granted`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const grant = { sealedRefreshToken: "sealed", providerSession: "sid-1" };
    const openWith = (given: SessionGrant | null, tokenText = "a") =>
      open(store, opening(signed("ada"), { tokenHash: hashOf(tokenText), grant: given }));
    const renew = (sessionId: string, given: SessionGrant | null) =>
      store.renewSession({
        sessionId,
        tokenHash: hashOf("renewed"),
        idleExpiresAt: start + hour,
        absoluteExpiresAt: start + 24 * hour,
        contact: signed("ada"),
        identityToken: token("renewal"),
        grant: given,
        at: start,
      });
    const end = (tokenText = "a") =>
      store.endSession({ tokenHash: hashOf(tokenText), everywhere: false, at: start });
    const due = async (at = start, limit = 10) =>
      (await store.grantsToRevoke(at, limit)).map(({ sessionId }) => sessionId);

    it("is nothing, of a session that none granted anything for", async () => {
      const { session } = await openFor(store, "ada");
      expect(session.hasRefreshToken).toBe(false);
      expect(await store.grant(session.id)).toBeNull();
      expect(await store.grant("never was")).toBeNull();
    });

    it("is kept with its session, and the session says whether it can be renewed", async () => {
      const { session } = await openWith(grant);
      expect(session.hasRefreshToken).toBe(true);
      expect((await store.findSession(hashOf("a")))?.session.hasRefreshToken).toBe(true);
      expect(await store.grant(session.id)).toEqual(grant);
      const other = await openWith({ ...grant, sealedRefreshToken: null }, "b");
      expect(other.session.hasRefreshToken).toBe(false);
    });

    it("keeps at a renewal whatever the renewal does not replace", async () => {
      const { session } = await openWith(grant);
      expect(await renew(session.id, null)).toMatchObject({ session: { hasRefreshToken: true } });
      expect(await store.grant(session.id)).toEqual(grant);
      await renew(session.id, { sealedRefreshToken: "next", providerSession: null });
      expect(await store.grant(session.id)).toEqual({ sealedRefreshToken: "next", providerSession: "sid-1" });
      await renew(session.id, { sealedRefreshToken: null, providerSession: "sid-2" });
      expect(await store.grant(session.id)).toEqual({ sealedRefreshToken: "next", providerSession: "sid-2" });
      expect((await store.findSession(hashOf("renewed")))?.session.hasRefreshToken).toBe(true);
    });

    it("has its refresh token replaced where it has one, also after the session's end", async () => {
      const { session } = await openWith(grant);
      await store.replaceRefreshToken(session.id, "next");
      expect(await store.grant(session.id)).toEqual({ ...grant, sealedRefreshToken: "next" });
      await end();
      await store.replaceRefreshToken(session.id, "last");
      expect(await store.grantsToRevoke(start, 10)).toMatchObject([{ sealedRefreshToken: "last" }]);
      await store.removeGrant(session.id);
      await store.replaceRefreshToken(session.id, "late");
      expect(await store.grant(session.id)).toEqual({ ...grant, sealedRefreshToken: null });
      await store.replaceRefreshToken("never was", "late");
    });

    it("comes with a renewal where there was none", async () => {
      const { session } = await openFor(store, "ada");
      expect(await renew(session.id, grant)).toMatchObject({ session: { hasRefreshToken: true } });
      expect(await store.grant(session.id)).toEqual(grant);
    });

    it("is due to be revoked once its session has ended or expired, until it is removed", async () => {
      const ended = await openWith(grant, "a");
      const expired = await openWith(grant, "b");
      await openWith(null, "c");
      expect(await due()).toEqual([]);
      await end("a");
      await end("c");
      expect(await store.grantsToRevoke(start, 10)).toEqual([
        { sessionId: ended.session.id, communityId: "acme", sealedRefreshToken: "sealed" },
      ]);
      const both = [ended.session.id, expired.session.id];
      expect((await due(start + hour)).toSorted()).toEqual(both.toSorted());
      expect(await due(start + hour, 1)).toHaveLength(1);
      await store.removeGrant(ended.session.id);
      expect(await due(start + hour)).toEqual([expired.session.id]);
      await store.removeGrant(expired.session.id);
      expect(await due(start + hour)).toEqual([]);
    });

    it("leaves the provider's session known where a live session's refresh token is removed", async () => {
      const { session } = await openWith(grant);
      await store.removeGrant(session.id);
      expect(await store.grant(session.id)).toEqual({ ...grant, sealedRefreshToken: null });
      expect((await store.findSession(hashOf("a")))?.session.hasRefreshToken).toBe(false);
    });

    it("goes with its session", async () => {
      const { session } = await openWith(grant);
      await store.sweepSessions(start + 48 * hour);
      expect(await store.grant(session.id)).toBeNull();
      expect(await due(start + 48 * hour)).toEqual([]);
    });
  });
}
