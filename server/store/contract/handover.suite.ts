import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContactAssertion, SessionDetails, SessionOpened, SessionOpening, Store } from "../store.ts";
import { draft, hashOf, hour, open, openFor, opening, signed, start, token, visitor } from "./fixtures.ts";

export const notices = { verifiedFrom: "Signed in.", writtenBefore: "Written before signing in:" };

/** The visitor whose session token is `text` signs in as `identity`. */
export const takingOver = (
  text: string,
  identity = "ada",
  more: Partial<SessionOpening> = {},
): SessionOpening =>
  opening(signed(identity), { handover: { tokenHash: hashOf(text), ...notices }, ...more });

export function handoverContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: a visitor who signs in`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const visit = (text = "v", more: Partial<SessionOpening> = {}) =>
      open(store, opening(visitor, { tokenHash: hashOf(text), absoluteExpiresAt: start + hour, ...more }));
    const write = async ({ session, conversation, contact }: SessionDetails, ...texts: string[]) => {
      for (const text of texts) {
        const { verified } = contact;
        const appended = await store.append(
          draft(conversation.id, { text, sessionId: session.id, verified }),
        );
        if (!appended.ok) throw new Error(appended.code);
      }
    };
    const answer = (conversationId: string, text: string) =>
      store.append(draft(conversationId, { text, author: { kind: "agent", name: "Acme" } }));
    async function signIn(given: SessionOpening) {
      const opened = await store.openSession(given);
      if (!opened.ok || !opened.handedOver) throw new Error("Nothing was handed over.");
      return { ...opened, handedOver: opened.handedOver };
    }
    async function said(conversationId: string) {
      const { messages, lastSeq } = await store.messages(conversationId, { limit: 100 });
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
      expect(lastSeq).toBe(messages.length);
      return messages.map(({ author, text, verified }) => [author.kind, text, verified] as const);
    }
    const verified = (kind: string, text: string) => [kind, text, true];
    const unverified = (text: string) => ["contact", text, false];

    describe("where the customer has no conversation", () => {
      it("gives the conversation to the customer: same id, same seqs, a mark where the customer is verified", async () => {
        const guest = await visit();
        await write(guest, "Hello", "Anybody?");
        const opened = await signIn(takingOver("v"));
        expect(opened.conversation).toMatchObject({ id: guest.conversation.id, lastSeq: 3 });
        expect(opened.conversation.contactId).toBe(opened.contact.id);
        expect(opened.session).toMatchObject({
          contactId: opened.contact.id,
          conversationId: guest.conversation.id,
        });
        expect(opened.handedOver).toMatchObject({
          endedSessions: [guest.session.id],
          conversationId: guest.conversation.id,
          lastMessage: { seq: 3, text: notices.verifiedFrom },
        });
        expect(await said(opened.conversation.id)).toEqual([
          unverified("Hello"),
          unverified("Anybody?"),
          verified("system", notices.verifiedFrom),
        ]);
        expect((await openFor(store, "ada")).conversation.id).toBe(guest.conversation.id);
        expect((await store.conversation(guest.conversation.id))?.contact).toEqual(opened.contact);
      });

      it("marks nothing in a conversation in which nothing was said", async () => {
        const guest = await visit();
        const opened = await signIn(takingOver("v"));
        expect(opened.conversation).toMatchObject({ id: guest.conversation.id, lastSeq: 0 });
        expect(opened.handedOver.lastMessage).toBeNull();
      });

      it("counts the mark as seen by whoever had seen everything, and by nobody else", async () => {
        const guest = await visit();
        await write(guest, "One", "Two");
        await store.markReceipts(guest.conversation.id, "contact", { read: 2 });
        await store.markReceipts(guest.conversation.id, "agent", { read: 1, delivered: 2 });
        const { conversation } = await signIn(takingOver("v"));
        expect(conversation).toMatchObject({
          customer: { delivered: 3, read: 3 },
          agent: { delivered: 3, read: 1 },
        });
      });
    });

    describe("where the customer has one", () => {
      it("appends what the visitor said, in order, after a mark where they meet", async () => {
        const ada = await openFor(store, "ada");
        await write(ada, "Long ago");
        const guest = await visit();
        await write(guest, "Hello");
        await answer(guest.conversation.id, "Hello, who is there?");
        await write(guest, "Ada");
        const opened = await signIn(takingOver("v"));
        expect(opened.conversation).toMatchObject({ id: ada.conversation.id, lastSeq: 5, state: "open" });
        expect(opened.handedOver).toMatchObject({
          conversationId: guest.conversation.id,
          lastMessage: { seq: 5, text: "Ada", verified: false },
        });
        await write(opened, "It is me");
        expect(await said(ada.conversation.id)).toEqual([
          verified("contact", "Long ago"),
          verified("system", notices.writtenBefore),
          unverified("Hello"),
          verified("agent", "Hello, who is there?"),
          unverified("Ada"),
          verified("contact", "It is me"),
        ]);
      });

      it("leaves no trace of the visitor's: not in lists, not to write to, and its id leads to the customer's", async () => {
        const ada = await openFor(store, "ada");
        const guest = await visit();
        await write(guest, "Hello");
        await signIn(takingOver("v"));
        const { items } = await store.conversations({ preview: false, limit: 10 });
        expect(items.map(({ conversation }) => conversation.id)).toEqual([ada.conversation.id]);
        expect(await answer(guest.conversation.id, "Too late")).toEqual({ ok: false, code: "not_found" });
        expect(await store.messages(guest.conversation.id, { limit: 10 })).toEqual({
          messages: [],
          lastSeq: 0,
        });
        expect(await store.markReceipts(guest.conversation.id, "agent", { read: 1 })).toBeNull();
        expect(await store.updateConversation(guest.conversation.id, { state: "closed" }, start)).toBeNull();
        const followed = await store.conversation(guest.conversation.id);
        expect(followed).toMatchObject({
          conversation: { id: ada.conversation.id },
          contact: { verified: true },
        });
      });

      it("joins nothing where the visitor said nothing", async () => {
        const ada = await openFor(store, "ada");
        await write(ada, "Long ago");
        await visit();
        const opened = await signIn(takingOver("v"));
        expect(opened.conversation).toMatchObject({ id: ada.conversation.id, lastSeq: 1 });
        expect(opened.handedOver).toMatchObject({ lastMessage: null });
      });

      it("opens a closed conversation for an open one, and keeps an assignee", async () => {
        const ada = await openFor(store, "ada");
        await write(ada, "Long ago");
        await store.updateConversation(ada.conversation.id, { state: "closed" }, start);
        const guest = await visit();
        await write(guest, "Hello");
        await store.updateConversation(guest.conversation.id, { assignee: "Ann" }, start);
        const { conversation } = await signIn(takingOver("v", "ada", { at: start + 5 }));
        expect(conversation).toMatchObject({ state: "open", assignee: "Ann", updatedAt: start + 5 });
      });

      it.each([
        { own: 2, theirs: 0, after: 3, what: "all of the customer's and nothing of the visitor's" },
        { own: 2, theirs: 2, after: 5, what: "all of both" },
        { own: 1, theirs: 2, after: 1, what: "all of the visitor's and not all of the customer's" },
        { own: 0, theirs: 0, after: 0, what: "nothing" },
      ])("has positions go on where $what was seen", async ({ own, theirs, after }) => {
        const ada = await openFor(store, "ada");
        await write(ada, "1", "2");
        const guest = await visit();
        await write(guest, "3", "4");
        for (const by of ["contact", "agent"] as const) {
          await store.markReceipts(ada.conversation.id, by, { read: own });
          await store.markReceipts(guest.conversation.id, by, { read: theirs });
        }
        const seen = { delivered: after, read: after };
        const { conversation } = await signIn(takingOver("v"));
        expect(conversation).toMatchObject({ customer: seen, agent: seen, lastSeq: 5 });
      });

      it("gives a message another id where both conversations have it, and knows every other again", async () => {
        const ada = await openFor(store, "ada");
        const guest = await visit();
        const [shared, own] = [randomUUID(), randomUUID()];
        await store.append(draft(ada.conversation.id, { id: shared, text: "Ada's" }));
        await store.append(draft(guest.conversation.id, { id: shared, text: "the visitor's" }));
        await store.append(draft(guest.conversation.id, { id: own, text: "only once" }));
        await signIn(takingOver("v"));
        const { messages } = await store.messages(ada.conversation.id, { limit: 10 });
        expect(messages.map(({ text }) => text)).toEqual([
          "Ada's",
          notices.writtenBefore,
          "the visitor's",
          "only once",
        ]);
        expect(new Set(messages.map(({ id }) => id)).size).toBe(4);
        const again = (id: string, text: string) => store.append(draft(ada.conversation.id, { id, text }));
        expect(await again(shared, "Ada's")).toMatchObject({ repeated: true, message: { seq: 1 } });
        expect(await again(own, "only once")).toMatchObject({ repeated: true, message: { seq: 4 } });
      });
    });

    describe("ends as a visitor", () => {
      it("with a session that is over at once, for reading, writing and another handover", async () => {
        const guest = await visit();
        await write(guest, "Hello");
        await signIn(takingOver("v"));
        expect((await store.findSession(hashOf("v")))?.session.endedAt).toBe(start);
        expect(await store.liveAmong([guest.session.id])).toEqual([]);
        const late = draft(guest.conversation.id, { sessionId: guest.session.id });
        expect(await store.append(late)).toEqual({ ok: false, code: "session_revoked" });
        expect(await store.openSession(takingOver("v"))).toEqual({ ok: false, code: "session_revoked" });
      });

      it("before or after what the visitor appends at the same time, and without a gap in what others append", async () => {
        const ada = await openFor(store, "ada");
        const guest = await visit();
        await write(guest, "Hello");
        const [early, opened, late, other] = await Promise.all([
          store.append(draft(guest.conversation.id, { text: "same turn", sessionId: guest.session.id })),
          store.openSession(takingOver("v")),
          store.append(draft(guest.conversation.id, { text: "later", sessionId: guest.session.id })),
          store.append(draft(ada.conversation.id, { text: "elsewhere", sessionId: ada.session.id })),
        ]);
        expect(opened).toMatchObject({ ok: true });
        expect(other).toMatchObject({ ok: true });
        const taken = [early, late].flatMap((answer) => (answer.ok ? [answer.message.text] : []));
        for (const answer of [early, late]) if (!answer.ok) expect(answer.code).toBe("session_revoked");
        const texts = (await said(ada.conversation.id)).map(([, text]) => text);
        expect(texts.filter((text) => text !== "elsewhere")).toEqual([
          notices.writtenBefore,
          "Hello",
          ...taken,
        ]);
        expect(texts).toHaveLength(3 + taken.length);
      });

      it("once, where two sign in with the same visit", async () => {
        await write(await visit(), "Hello");
        const opened = await Promise.all(
          ["ada", "bob"].map((who) => store.openSession(takingOver("v", who))),
        );
        expect(opened.filter(({ ok }) => ok)).toHaveLength(1);
        expect(opened).toContainEqual({ ok: false, code: "session_revoked" });
      });
    });

    describe("is refused, and nothing changes", () => {
      const elsewhere: ContactAssertion = { verified: false, communityId: "other" };
      const cases: Record<string, { before: () => Promise<unknown>; given?: SessionOpening; code: string }> =
        {
          "with a token that no session has": { before: async () => {}, code: "session_missing" },
          "with a session that has ended": {
            before: async () => {
              await visit();
              await store.endSession({ tokenHash: hashOf("v"), everywhere: false, at: start });
            },
            code: "session_revoked",
          },
          "with a session that has expired": {
            before: () => visit("v", { idleExpiresAt: start + 10 }),
            given: takingOver("v", "ada", { at: start + 10 }),
            code: "session_expired",
          },
          "with the token of a signed-in session": {
            before: () => open(store, opening(signed("bob"), { tokenHash: hashOf("v") })),
            code: "forbidden",
          },
          "with the visitor of another community": {
            before: () => open(store, opening(elsewhere, { tokenHash: hashOf("v") })),
            code: "forbidden",
          },
          "as a preview": {
            before: () => visit(),
            given: takingOver("v", "ada", { preview: true }),
            code: "forbidden",
          },
          "as another visitor": {
            before: () => visit(),
            given: opening(visitor, { handover: { tokenHash: hashOf("v"), ...notices } }),
            code: "forbidden",
          },
        };

      it.each(Object.keys(cases))("%s", async (name) => {
        const { before, given = takingOver("v"), code } = cases[name] ?? { before: fail, code: "" };
        await before();
        const found = await store.findSession(hashOf("v"));
        expect(await store.openSession(given)).toEqual({ ok: false, code });
        expect(await store.findSession(hashOf("v"))).toEqual(found);
        expect(await store.sessionsOf((await openFor(store, "ada")).contact.id, start)).toHaveLength(1);
      });

      it("without using up a token for single use; and a token that is used up hands nothing over", async () => {
        const identityToken = token("jwt", { singleUseId: "jti" });
        const refused = await store.openSession(takingOver("nobody's", "ada", { identityToken }));
        expect(refused).toEqual({ ok: false, code: "session_missing" });
        await open(store, opening(signed("ada"), { identityToken }));
        await visit();
        const replayed: SessionOpened = await store.openSession(takingOver("v", "ada", { identityToken }));
        expect(replayed).toEqual({ ok: false, code: "token_replayed" });
        expect((await store.findSession(hashOf("v")))?.session.endedAt).toBeNull();
      });
    });
  });
}

function fail(): never {
  throw new Error("unreachable");
}
