import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RetentionPolicy } from "../erasure-store.ts";
import type { Store } from "../store.ts";
import { draft, hashOf, hour, open, openFor, opening, signed, start, token, visitor } from "./fixtures.ts";
import { takingOver } from "./handover.suite.ts";

const day = 24 * hour;

export function erasureContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: erasure`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const textsOf = async (conversationId: string) =>
      (await store.messages(conversationId, { limit: 100 })).messages.map(({ text }) => text);

    it("takes a contact with its sessions and messages, and nobody else's", async () => {
      const [ada, bob] = [await openFor(store, "ada"), await openFor(store, "bob")];
      for (const { conversation } of [ada, bob]) await store.append(draft(conversation.id));
      const erased = await store.eraseContact(ada.contact.id, start);
      expect(erased).toMatchObject({
        contactIds: [ada.contact.id],
        endedSessions: [ada.session.id],
        conversationIds: [ada.conversation.id],
        messages: 1,
      });
      expect(await store.contactRecord(ada.contact.id)).toBeNull();
      expect(await store.conversation(ada.conversation.id)).toBeNull();
      expect(await textsOf(ada.conversation.id)).toEqual([]);
      expect(await store.liveAmong([ada.session.id, bob.session.id])).toMatchObject([{ id: bob.session.id }]);
      expect(await textsOf(bob.conversation.id)).toEqual(["Hello"]);
    });

    it("is done once, and remembered", async () => {
      const { contact } = await openFor(store, "ada");
      expect(await store.wasErased(contact.id)).toBe(false);
      await store.eraseContact(contact.id, start);
      expect(await store.eraseContact(contact.id, start + 1)).toBeNull();
      expect(await store.wasErased(contact.id)).toBe(true);
      expect(await store.erasures({ after: null, limit: 10 })).toEqual([
        { contactId: contact.id, at: start },
      ]);
      expect(await store.erasures({ after: contact.id, limit: 10 })).toEqual([]);
    });

    it("refuses the erased contact's tokens, and takes who signs in anew for somebody new", async () => {
      const first = opening(signed("ada"), { identityToken: token("first") });
      const ada = await open(store, first);
      await store.eraseContact(ada.contact.id, start);
      expect(await store.openSession({ ...first, tokenHash: hashOf("again") })).toEqual({
        ok: false,
        code: "token_revoked",
      });
      const later = await openFor(store, "ada");
      expect(later.contact.id).not.toBe(ada.contact.id);
      expect(later.conversation.lastSeq).toBe(0);
    });

    describe("of somebody whose tokens were refused", () => {
      const opener = (name: string, issuedAtSeconds: number) =>
        opening(signed("ada"), { identityToken: token(name, { issuedAtSeconds }) });
      const second = start / 1000;
      const refused = { ok: false, code: "token_revoked" };

      /** Logged out everywhere at `start`, erased ten seconds after. */
      async function erased() {
        const first = opener("first", second - 100);
        const { contact } = await open(store, first);
        await store.endSession({ tokenHash: first.tokenHash, everywhere: true, at: start });
        await store.eraseContact(contact.id, start + 10_000);
        return contact;
      }

      it("refuses them on, used or not, and all that were issued before the erasure", async () => {
        await erased();
        for (const issued of [second - 100, second, second + 9])
          expect(await store.openSession(opener(`stolen ${issued}`, issued))).toEqual(refused);
        const { contact, identityToken } = opener("stolen", second - 1);
        if (!contact.verified || !identityToken) throw new Error("It is somebody's.");
        expect(await store.recordContact(contact, identityToken, start)).toEqual(refused);
        const { communityId, platformKey } = contact;
        expect(await store.tokenState({ token: identityToken, communityId, platformKey })).toMatchObject({
          revoked: true,
          validAfterSeconds: second + 10,
        });
      });

      it("lets them in as somebody new with a later one, and refuses the old ones on", async () => {
        const { id } = await erased();
        expect((await open(store, opener("new", second + 10))).contact.id).not.toBe(id);
        expect(await store.openSession(opener("stolen", second + 9))).toEqual(refused);
        expect((await openFor(store, "bob")).contact.platformKey).toBe(signed("bob").platformKey);
      });

      it("refuses them where a logout made the contact that stands, and where that one was erased too", async () => {
        await erased();
        const { platformKey } = signed("ada");
        await store.endSelected({ by: "contact", platformKey, issuedBeforeSeconds: second - 50 }, start);
        expect(await store.openSession(opener("stolen", second + 9))).toEqual(refused);
        const again = await store.findContact(platformKey);
        await store.eraseContact(again?.id ?? "", start);
        expect(await store.openSession(opener("stolen again", second + 9))).toEqual(refused);
      });

      it("forgets when none of them can be alive", async () => {
        await erased();
        await store.sweepSessions(start + 366 * day);
        expect(await store.openSession(opener("stolen", second))).toEqual(refused);
        await store.sweepSessions(start + 368 * day);
        expect(await store.openSession(opener("stolen", second))).toMatchObject({ ok: true });
      });
    });

    it("refuses messages to what is gone, in the same turn as well", async () => {
      const { contact, conversation, session } = await openFor(store, "ada");
      const [erased, appended] = await Promise.all([
        store.eraseContact(contact.id, start),
        store.append(draft(conversation.id, { sessionId: session.id })),
      ]);
      expect(erased).not.toBeNull();
      if (appended.ok) expect(erased?.messages).toBe(1);
      expect(await store.append(draft(conversation.id))).toEqual({ ok: false, code: "not_found" });
    });

    it("takes the visitors along whose words were joined to the conversation", async () => {
      const ada = await openFor(store, "ada");
      await store.append(draft(ada.conversation.id));
      const guest = await open(store, opening(visitor, { tokenHash: hashOf("v") }));
      await store.append(draft(guest.conversation.id, { text: "as a visitor" }));
      const opened = await store.openSession(takingOver("v"));
      expect(opened).toMatchObject({ ok: true, contact: { id: ada.contact.id } });
      const erased = await store.eraseContact(ada.contact.id, start);
      expect(erased?.contactIds.toSorted()).toEqual([ada.contact.id, guest.contact.id].toSorted());
      expect(await store.contactRecord(guest.contact.id)).toBeNull();
    });

    it("finds a contact by its platform key, and lists what is kept of it", async () => {
      const ada = await openFor(store, "ada");
      const again = await openFor(store, "ada");
      expect(await store.findContact(signed("ada").platformKey)).toEqual(again.contact);
      expect(await store.findContact(signed("bob").platformKey)).toBeNull();
      const record = await store.contactRecord(ada.contact.id);
      expect(record).toMatchObject({ createdAt: start, conversationIds: [ada.conversation.id] });
      expect(record?.sessions.map(({ id }) => id).toSorted()).toEqual(
        [ada.session.id, again.session.id].toSorted(),
      );
    });

    describe("retention", () => {
      const policy = (more: Partial<RetentionPolicy>): RetentionPolicy => ({
        communityId: "acme",
        messagesBefore: null,
        visitorsBefore: null,
        ...more,
      });

      async function expireAll(given: RetentionPolicy, at: number) {
        let messages = 0;
        const contactIds: string[] = [];
        let cursor: string | null = null;
        do {
          const expired = await store.expire(given, cursor, at);
          messages += expired.messages;
          contactIds.push(...expired.contactIds);
          cursor = expired.cursor;
        } while (cursor !== null);
        return { messages, contactIds };
      }

      it("removes old messages from the front, and numbers go on where they were", async () => {
        const { conversation } = await openFor(store, "ada");
        for (const [text, at] of [
          ["old", start],
          ["older by its clock", start - day],
          ["new", start + 2 * day],
        ] as const)
          await store.append(draft(conversation.id, { text, at }));
        expect(await expireAll(policy({ messagesBefore: start + day }), start + 2 * day)).toEqual({
          messages: 2,
          contactIds: [],
        });
        expect(await store.messages(conversation.id, { limit: 10 })).toMatchObject({
          lastSeq: 3,
          messages: [{ seq: 3, text: "new" }],
        });
        expect(await store.messages(conversation.id, { after: 0, limit: 10 })).toMatchObject({
          messages: [{ seq: 3 }],
        });
        const next = await store.append(draft(conversation.id));
        expect(next).toMatchObject({ ok: true, message: { seq: 4 } });
      });

      it("keeps what stands behind a message that is kept, whatever its time says", async () => {
        const { conversation } = await openFor(store, "ada");
        for (const at of [start + 2 * day, start]) await store.append(draft(conversation.id, { at }));
        expect(await expireAll(policy({ messagesBefore: start + day }), start + 2 * day)).toMatchObject({
          messages: 0,
        });
      });

      it("takes long histories a piece at a time", async () => {
        const { conversation } = await openFor(store, "ada");
        await Promise.all(Array.from({ length: 4500 }, () => store.append(draft(conversation.id))));
        expect(await expireAll(policy({ messagesBefore: start + day }), start + day)).toMatchObject({
          messages: 4500,
        });
        expect(await store.messages(conversation.id, { limit: 10 })).toEqual({ messages: [], lastSeq: 4500 });
      });

      it("erases visitors who are gone for long, and neither customers nor who is here", async () => {
        const ada = await openFor(store, "ada");
        const gone = await open(store, opening(visitor));
        const here = await open(
          store,
          opening(visitor, { idleExpiresAt: start + 9 * day, absoluteExpiresAt: start + 9 * day }),
        );
        const { contactIds } = await expireAll(policy({ visitorsBefore: start + day }), start + 2 * day);
        expect(contactIds).toEqual([gone.contact.id]);
        for (const { contact } of [ada, here]) expect(await store.contactRecord(contact.id)).not.toBeNull();
      });

      it("looks at every conversation, page after page, of its community alone", async () => {
        const guests = await Promise.all(Array.from({ length: 230 }, () => open(store, opening(visitor))));
        const other = await open(store, opening({ verified: false, communityId: "other" }));
        const { contactIds } = await expireAll(policy({ visitorsBefore: start + day }), start + 2 * day);
        expect(contactIds.toSorted()).toEqual(guests.map(({ contact }) => contact.id).toSorted());
        expect(await store.contactRecord(other.contact.id)).not.toBeNull();
      });
    });
  });
}
