import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { hashOf, hour, open, openFor, opening, signed, start, token, visitor } from "./fixtures.ts";

export function sessionContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: contacts and sessions`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    describe("opening", () => {
      it("finds the one contact and the one conversation of an identity again", async () => {
        const first = await openFor(store, "ada");
        const second = await openFor(store, "ada");
        expect(second.contact.id).toBe(first.contact.id);
        expect(second.conversation.id).toBe(first.conversation.id);
        expect(second.session.id).not.toBe(first.session.id);
      });

      it("makes one contact of an identity that opens several sessions at once", async () => {
        const all = await Promise.all(Array.from({ length: 10 }, () => openFor(store, "ada")));
        expect(new Set(all.map(({ contact }) => contact.id)).size).toBe(1);
        expect(new Set(all.map(({ conversation }) => conversation.id)).size).toBe(1);
      });

      it("keeps identities of different communities apart", async () => {
        const acme = await open(store, opening(signed("ada")));
        const other = await open(store, opening(signed("ada", {}, "other")));
        expect(other.contact.id).not.toBe(acme.contact.id);
      });

      it("makes a new contact of every visitor, with a platform key of its own", async () => {
        const first = await open(store, opening(visitor));
        const second = await open(store, opening(visitor));
        expect(first.contact).toEqual({
          id: first.contact.id,
          platformKey: `v1/acme/ANON/uid:${first.contact.id}`,
          name: null,
          verified: false,
          fields: {},
        });
        expect(second.contact.id).not.toBe(first.contact.id);
        expect(second.conversation.id).not.toBe(first.conversation.id);
      });

      it("gives a preview a conversation of its own", async () => {
        const real = await openFor(store, "ada");
        const preview = await open(store, opening(signed("ada"), { preview: true }));
        const again = await open(store, opening(signed("ada"), { preview: true }));
        expect(preview.contact.id).toBe(real.contact.id);
        expect(preview.conversation.id).not.toBe(real.conversation.id);
        expect(preview.conversation.preview).toBe(true);
        expect(again.conversation.id).toBe(preview.conversation.id);
      });

      it("merges fields, with their claim and the time they changed", async () => {
        const at = start + hour;
        const fields = {
          name: { value: "Ada", claim: "comm100.name" },
          email: { value: "a@acme.example", claim: "comm100.email" },
        };
        await open(store, opening(signed("ada", fields)));
        const { contact } = await open(
          store,
          opening(signed("ada", { name: fields.name, "custom.plan": { value: "gold", claim: "plan" } }), {
            at,
          }),
        );
        const first = "2026-11-21T09:30:00.000Z";
        expect(contact.name).toBe("Ada");
        expect(contact.fields).toEqual({
          name: { value: "Ada", source: "token", claim: "comm100.name", updatedAt: first },
          email: { value: "a@acme.example", source: "token", claim: "comm100.email", updatedAt: first },
          "custom.plan": {
            value: "gold",
            source: "token",
            claim: "plan",
            updatedAt: "2026-11-21T10:30:00.000Z",
          },
        });
      });

      it("takes a field named like a member of Object for a field", async () => {
        const value = { value: "x", claim: "constructor" };
        const { contact } = await open(store, opening(signed("ada", { "custom.constructor": value })));
        expect(contact.fields["custom.constructor"]?.value).toBe("x");
        expect(contact.name).toBeNull();
      });
    });

    describe("finding", () => {
      it("finds a session by the hash of its token, and no other", async () => {
        const opened = await open(store, opening(signed("ada"), { tokenHash: hashOf("secret") }));
        const { session, contact, conversation } = opened;
        expect(await store.findSession(hashOf("secret"))).toEqual({ session, contact, conversation });
        expect(await store.findSession("secret")).toBeNull();
        expect(opened.session).toMatchObject({
          method: "contactJwt",
          deploymentId: "acme-web",
          communityId: "acme",
          endedAt: null,
          idleExpiresAt: start + hour,
          absoluteExpiresAt: start + 24 * hour,
        });
      });

      it("moves the idle expiry forwards only, and never past the absolute one", async () => {
        const tokenHash = hashOf("touched");
        const { session } = await open(store, opening(signed("ada"), { tokenHash }));
        const idle = async () => (await store.findSession(tokenHash))?.session.idleExpiresAt;
        await store.touchSession(session.id, start + 2 * hour);
        expect(await idle()).toBe(start + 2 * hour);
        await store.touchSession(session.id, start + hour);
        expect(await idle()).toBe(start + 2 * hour);
        await store.touchSession(session.id, start + 48 * hour);
        expect(await idle()).toBe(start + 24 * hour);
      });
    });

    describe("tokens", () => {
      it("takes a token again where it is not for single use", async () => {
        const identityToken = token("jwt");
        await open(store, opening(signed("ada"), { identityToken }));
        expect(await store.openSession(opening(signed("ada"), { identityToken }))).toMatchObject({
          ok: true,
        });
      });

      it("takes a single-use token once, in its community", async () => {
        const identityToken = token("jwt", { singleUseId: "jti-1" });
        const again = { ok: false, code: "token_replayed" };
        await open(store, opening(signed("ada"), { identityToken }));
        expect(await store.openSession(opening(signed("ada"), { identityToken }))).toEqual(again);
        expect(await store.recordContact(signed("ada"), identityToken, start)).toEqual(again);
        const elsewhere = opening(signed("ada", {}, "other"), { identityToken });
        expect(await store.openSession(elsewhere)).toMatchObject({ ok: true });
      });

      it("lets one of two win who use a single-use token at the same time", async () => {
        const identityToken = token("jwt", { singleUseId: "jti-1" });
        const both = await Promise.all([
          store.openSession(opening(signed("ada"), { identityToken })),
          store.openSession(opening(signed("ada"), { identityToken })),
        ]);
        expect(both.filter(({ ok }) => ok)).toHaveLength(1);
      });

      it("does not use up a single-use token that is refused for something else", async () => {
        await open(store, opening(signed("ada"), { tokenHash: hashOf("s"), identityToken: token("old") }));
        await store.endSession({ tokenHash: hashOf("s"), everywhere: true, at: start + hour });
        const early = token("new", { singleUseId: "jti-1", issuedAtSeconds: start / 1000 });
        expect(await store.openSession(opening(signed("ada"), { identityToken: early }))).toEqual({
          ok: false,
          code: "token_revoked",
        });
        const later = token("new", { singleUseId: "jti-1", issuedAtSeconds: start / 1000 + 7200 });
        expect(await store.openSession(opening(signed("ada"), { identityToken: later }))).toMatchObject({
          ok: true,
        });
      });

      it("records a contact without a session", async () => {
        const fields = { name: { value: "Ada", claim: "comm100.name" } };
        expect(await store.recordContact(signed("ada", fields), token("jwt"), start)).toEqual({ ok: true });
        expect((await openFor(store, "ada")).contact.name).toBe("Ada");
      });
    });

    describe("renewing", () => {
      const renew = async (sessionId: string, more: object = {}) =>
        await store.renewSession({
          sessionId,
          tokenHash: hashOf("new"),
          contact: signed("ada"),
          identityToken: token("renewal"),
          grant: null,
          at: start + hour,
          idleExpiresAt: start + 3 * hour,
          absoluteExpiresAt: start + 30 * hour,
          ...more,
        });

      it("keeps the session, with a new token and new times; the old token finds nothing", async () => {
        const { session } = await open(store, opening(signed("ada"), { tokenHash: hashOf("old") }));
        const renewed = await renew(session.id);
        expect(renewed).toMatchObject({
          ok: true,
          session: { id: session.id, idleExpiresAt: start + 3 * hour, absoluteExpiresAt: start + 30 * hour },
        });
        expect(await store.findSession(hashOf("old"))).toBeNull();
        expect((await store.findSession(hashOf("new")))?.session.id).toBe(session.id);
      });

      it("refuses another identity, and the other kind, and leaves the session as it was", async () => {
        const { session } = await open(store, opening(signed("ada"), { tokenHash: hashOf("old") }));
        const guest = await open(store, opening(visitor));
        const changed = { ok: false, code: "identity_changed" };
        expect(await renew(session.id, { contact: signed("bob") })).toEqual(changed);
        expect(await renew(session.id, { contact: visitor, identityToken: null })).toEqual(changed);
        expect(await renew(guest.session.id)).toEqual(changed);
        expect((await store.findSession(hashOf("old")))?.session.id).toBe(session.id);
        const single = token("renewal", { singleUseId: "jti-1" });
        expect(await renew(session.id, { contact: signed("bob"), identityToken: single })).toEqual(changed);
        expect(await renew(session.id, { identityToken: single })).toMatchObject({ ok: true });
      });

      it("renews a visitor's session for the visitor", async () => {
        const { session, contact } = await open(store, opening(visitor));
        const renewed = await renew(session.id, { contact: visitor, identityToken: null });
        expect(renewed).toMatchObject({ ok: true, contact: { id: contact.id } });
      });

      it("refuses a session that has ended, or never was, and a revoked or used token", async () => {
        const a = await open(
          store,
          opening(signed("ada"), { tokenHash: hashOf("a"), identityToken: token("t") }),
        );
        const b = await open(store, opening(signed("ada")));
        await store.endSession({ tokenHash: hashOf("a"), everywhere: false, at: start });
        expect(await renew(a.session.id)).toEqual({ ok: false, code: "session_revoked" });
        expect(await renew("never was")).toEqual({ ok: false, code: "session_missing" });
        expect(await renew(b.session.id, { identityToken: token("t") })).toEqual({
          ok: false,
          code: "token_revoked",
        });
        const single = token("single", { singleUseId: "jti-1" });
        expect(await renew(b.session.id, { identityToken: single })).toMatchObject({ ok: true });
        expect(await renew(b.session.id, { identityToken: single })).toEqual({
          ok: false,
          code: "token_replayed",
        });
      });
    });
  });
}
