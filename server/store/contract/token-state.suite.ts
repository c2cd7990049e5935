import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { hashOf, hour, open, opening, signed, start, token } from "./fixtures.ts";

export function tokenStateContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: what is known of a token`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const ask = (use = token("jwt"), identity = "ada", communityId = "acme") =>
      store.tokenState({
        token: use,
        communityId,
        platformKey: signed(identity, {}, communityId).platformKey,
      });
    const nothing = { revoked: false, used: false, validAfterSeconds: 0 };

    it("is nothing, of a token that nobody used", async () => {
      expect(await ask()).toEqual(nothing);
      expect(await ask(token("jwt", { singleUseId: "jti-1" }))).toEqual(nothing);
    });

    it("is that it was used, in the community that took it", async () => {
      const identityToken = token("jwt", { singleUseId: "jti-1" });
      await open(store, opening(signed("ada"), { identityToken }));
      expect(await ask(identityToken)).toEqual({ ...nothing, used: true });
      expect(await ask(identityToken, "ada", "other")).toEqual(nothing);
      expect(await ask(token("jwt"))).toEqual(nothing);
    });

    it("is that it was revoked, whichever of its hashes was", async () => {
      const identityToken = token("contact");
      await open(store, opening(signed("ada"), { tokenHash: hashOf("a"), identityToken }));
      expect(await ask(identityToken)).toEqual(nothing);
      await store.endSession({ tokenHash: hashOf("a"), everywhere: false, at: start });
      const exchanged = token("platform", { hashes: [hashOf("platform"), hashOf("contact")] });
      for (const use of [identityToken, exchanged])
        expect(await ask(use)).toEqual({ ...nothing, revoked: true });
    });

    it("is the second before which the customer logged out everywhere", async () => {
      await open(store, opening(signed("ada"), { tokenHash: hashOf("a") }));
      await store.endSession({ tokenHash: hashOf("a"), everywhere: true, at: start + hour });
      const validAfterSeconds = (start + hour) / 1000;
      const early = token("new", { issuedAtSeconds: validAfterSeconds - 1 });
      const late = token("new", { issuedAtSeconds: validAfterSeconds });
      expect(await ask(early)).toEqual({ ...nothing, revoked: true, validAfterSeconds });
      expect(await ask(late)).toEqual({ ...nothing, validAfterSeconds });
      expect(await ask(early, "bob")).toEqual(nothing);
    });

    it("uses nothing up", async () => {
      const identityToken = token("jwt", { singleUseId: "jti-1" });
      await ask(identityToken);
      await ask(identityToken);
      expect(await store.openSession(opening(signed("ada"), { identityToken }))).toMatchObject({ ok: true });
    });
  });
}
