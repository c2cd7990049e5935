import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { uuidPattern } from "../../../shared/ids.ts";
import type { ConversationStatus } from "../../../shared/protocol.ts";
import type { Store } from "../store.ts";
import { stateNotices } from "../units/change-of-state.ts";
import { draft, hashOf, open, openFor, opening, signed, start } from "./fixtures.ts";

export function conversationContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: conversations`, () => {
    let store: Store;
    let conversationId: string;
    beforeEach(async () => {
      store = await openStore();
      ({
        conversation: { id: conversationId },
      } = await openFor(store, "ada"));
    });
    afterEach(() => store.close());

    const fill = (count: number, id = conversationId) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => store.append(draft(id, { text: `${index + 1}` }))),
      );
    const seqs = async (query: Parameters<Store["messages"]>[1], id = conversationId) =>
      (await store.messages(id, query)).messages.map(({ seq }) => seq);

    describe("appending", () => {
      it("answers with the message as it is read later", async () => {
        const id = randomUUID();
        const appended = await store.append(draft(conversationId, { id, text: "Hello", at: start + 5 }));
        const message = {
          id,
          seq: 1,
          author: { kind: "contact", name: "Ada" },
          text: "Hello",
          attachments: [],
          at: "2026-11-21T09:30:00.005Z",
          verified: true,
        };
        expect(appended).toEqual({ ok: true, message, repeated: false });
        expect(await store.messages(conversationId, { limit: 10 })).toEqual({
          messages: [message],
          lastSeq: 1,
        });
      });

      it("answers a repetition with the message stored first, in the same turn and later", async () => {
        const given = draft(conversationId, { at: start });
        const later = { ...given, at: start + 1000 };
        const [first, second] = await Promise.all([store.append(given), store.append(later)]);
        expect(first).toMatchObject({ ok: true, repeated: false, message: { seq: 1 } });
        expect(second).toEqual({ ...first, repeated: true });
        expect(await store.append(later)).toEqual(second);
        await store.messages(conversationId, { limit: 1 });
        expect(await store.append(later)).toEqual(second);
        expect(await seqs({ limit: 10 })).toEqual([1]);
      });

      it("refuses another body or another kind of author under a known id, in the same turn and later", async () => {
        const given = draft(conversationId);
        const conflict = { ok: false, code: "message_conflict" };
        const otherText = { ...given, text: "Hello!" };
        const otherAuthor = { ...given, author: { kind: "agent", name: "Ada" } } as const;
        const [, sameTurn] = await Promise.all([store.append(given), store.append(otherText)]);
        expect(sameTurn).toEqual(conflict);
        expect(await store.append(otherText)).toEqual(conflict);
        expect(await store.append(otherAuthor)).toEqual(conflict);
        await store.messages(conversationId, { limit: 1 });
        expect(await store.append(otherText)).toEqual(conflict);
        expect(await store.append(given)).toMatchObject({ ok: true, repeated: true });
      });

      it("keeps what is attached, filed and not, and takes other attachments under a known id for another body", async () => {
        const [photo, notes] = [
          { id: randomUUID(), name: "a.png", type: "image/png", size: 70, width: 4, height: 3 },
          { id: randomUUID(), name: "b.txt", type: "text/plain", size: 5 },
        ] as const;
        const given = draft(conversationId, { text: "", attachments: [photo, notes] });
        const conflict = { ok: false, code: "message_conflict" };
        const expectKept = async () => {
          expect(await store.append(given)).toMatchObject({
            repeated: true,
            message: { attachments: [photo, notes] },
          });
          for (const attachments of [[], [photo], [notes, photo]])
            expect(await store.append({ ...given, attachments })).toEqual(conflict);
        };
        expect(await store.append(given)).toMatchObject({ repeated: false });
        await expectKept();
        const { messages } = await store.messages(conversationId, { limit: 1 });
        expect(messages.map(({ attachments }) => attachments)).toEqual([[photo, notes]]);
        await expectKept();
      });

      it("takes the same id in two conversations", async () => {
        const { conversation: other } = await openFor(store, "bob");
        const id = randomUUID();
        const both = await Promise.all([
          store.append(draft(conversationId, { id, text: "Ada's" })),
          store.append(draft(other.id, { id, text: "Bob's" })),
        ]);
        expect(both).toMatchObject([
          { ok: true, repeated: false, message: { seq: 1, text: "Ada's" } },
          { ok: true, repeated: false, message: { seq: 1, text: "Bob's" } },
        ]);
      });

      it("refuses an unknown conversation, and keeps what came with it", async () => {
        const [unknown, known] = await Promise.all([
          store.append(draft("unknown")),
          store.append(draft(conversationId)),
        ]);
        expect(unknown).toEqual({ ok: false, code: "not_found" });
        expect(known).toMatchObject({ ok: true });
      });

      it("refuses a session that has ended, one that ends in the same turn, and one that never was", async () => {
        const tokenHash = hashOf("a");
        const { session, conversation } = await open(store, opening(signed("bob"), { tokenHash }));
        const message = (): Parameters<Store["append"]>[0] =>
          draft(conversation.id, { sessionId: session.id });
        expect(await store.append(message())).toMatchObject({ ok: true });
        const refused = { ok: false, code: "session_revoked" };
        const [sameTurn] = await Promise.all([
          store.append(message()),
          store.endSession({ tokenHash, everywhere: false, at: start }),
        ]);
        if (!sameTurn.ok) expect(sameTurn).toEqual(refused);
        expect(await store.append(message())).toEqual(refused);
        expect(await store.append(draft(conversation.id, { sessionId: "never was" }))).toEqual(refused);
        expect(await seqs({ limit: 10 }, conversation.id)).toEqual(sameTurn.ok ? [1, 2] : [1]);
      });

      it("shows in the session at once how far the conversation has come", async () => {
        const tokenHash = hashOf("a");
        await open(store, opening(signed("ada"), { tokenHash }));
        await fill(3);
        expect((await store.findSession(tokenHash))?.conversation.lastSeq).toBe(3);
        expect((await openFor(store, "ada")).conversation.lastSeq).toBe(3);
      });
    });

    describe("history", () => {
      it("pages from the end, before, and after, in ascending order", async () => {
        await fill(25);
        expect(await seqs({ limit: 3 })).toEqual([23, 24, 25]);
        expect(await seqs({ before: 23, limit: 3 })).toEqual([20, 21, 22]);
        expect(await seqs({ before: 3, limit: 5 })).toEqual([1, 2]);
        expect(await seqs({ before: 1, limit: 5 })).toEqual([]);
        expect(await seqs({ after: 0, limit: 3 })).toEqual([1, 2, 3]);
        expect(await seqs({ after: 23, limit: 5 })).toEqual([24, 25]);
        expect(await seqs({ after: 25, limit: 5 })).toEqual([]);
        expect((await store.messages(conversationId, { before: 3, limit: 1 })).lastSeq).toBe(25);
      });

      it("of an unknown conversation is empty", async () => {
        expect(await store.messages("unknown", { limit: 5 })).toEqual({ messages: [], lastSeq: 0 });
      });
    });

    describe("receipts", () => {
      it("move forwards only, not past the end, and what is read is delivered", async () => {
        await fill(5);
        expect(await store.markReceipts(conversationId, "agent", { delivered: 2 })).toEqual({
          before: { delivered: 0, read: 0 },
          after: { delivered: 2, read: 0 },
        });
        expect(await store.markReceipts(conversationId, "agent", { read: 4 })).toEqual({
          before: { delivered: 2, read: 0 },
          after: { delivered: 4, read: 4 },
        });
        expect(await store.markReceipts(conversationId, "agent", { delivered: 1, read: 1 })).toEqual({
          before: { delivered: 4, read: 4 },
          after: { delivered: 4, read: 4 },
        });
        expect(await store.markReceipts(conversationId, "contact", { read: 99 })).toMatchObject({
          after: { delivered: 5, read: 5 },
        });
        expect(await store.markReceipts("unknown", "agent", { read: 1 })).toBeNull();
        const details = await store.conversation(conversationId);
        expect(details?.conversation).toMatchObject({
          agent: { delivered: 4, read: 4 },
          customer: { delivered: 5, read: 5 },
        });
      });
    });

    describe("changing", () => {
      it("changes what is given and leaves the rest", async () => {
        await store.append(draft(conversationId));
        await store.updateConversation(conversationId, { assignee: "Grace" }, start);
        const changed = await store.updateConversation(conversationId, { state: "waiting" }, start + 1);
        expect(changed).toMatchObject({
          conversation: { state: "waiting", assignee: "Grace", updatedAt: start + 1 },
          contact: { platformKey: "v1/acme/AUTH/jwt/uid:ada" },
          lastMessage: { seq: 1 },
        });
        expect(await store.updateConversation(conversationId, { assignee: null }, start)).toMatchObject({
          conversation: { assignee: null },
        });
        expect(await store.updateConversation("unknown", { state: "closed" }, start)).toBeNull();
      });

      it("says once that it was closed, and once that it was opened again, in the place of a message", async () => {
        const texts = async () =>
          (await store.messages(conversationId, { after: 0, limit: 100 })).messages.map(({ text }) => text);
        await store.append(draft(conversationId, { text: "Hello" }));
        const change = async (state: ConversationStatus) =>
          await store.updateConversation(conversationId, { state }, start + 7);
        const closing = await change("closed");
        expect(closing?.notice).toEqual({
          id: expect.stringMatching(uuidPattern),
          seq: 2,
          author: { kind: "system", name: null },
          text: stateNotices.closed,
          attachments: [],
          at: "2026-11-21T09:30:00.007Z",
          verified: true,
        });
        expect(closing).toMatchObject({
          conversation: { state: "closed", lastSeq: 2 },
          lastMessage: closing?.notice,
        });
        expect(await change("closed")).toEqual({ ...closing, notice: null });
        expect((await change("waiting"))?.notice?.text).toBe(stateNotices.reopened);
        expect([(await change("open"))?.notice, (await change("waiting"))?.notice]).toEqual([null, null]);
        expect((await change("closed"))?.notice?.seq).toBe(4);
        await store.append(draft(conversationId, { text: "One more thing" }));
        const { closed, reopened } = stateNotices;
        expect(await texts()).toEqual(["Hello", closed, reopened, closed, "One more thing"]);
        expect((await store.conversation(conversationId))?.conversation).toMatchObject({
          state: "open",
          lastSeq: 5,
        });
      });

      it("says nothing where nobody has written", async () => {
        const closed = await store.updateConversation(conversationId, { state: "closed" }, start);
        expect(closed).toMatchObject({ conversation: { state: "closed", lastSeq: 0 }, notice: null });
      });

      it("says so in the midst of what is written at the same time, with no place given twice", async () => {
        await store.append(draft(conversationId));
        const [before, closing, after] = await Promise.all([
          fill(5),
          store.updateConversation(conversationId, { state: "closed" }, start),
          fill(5),
        ]);
        const given = [...before, ...after].map((answer) => (answer.ok ? answer.message.seq : 0));
        expect([...given, closing?.notice?.seq ?? 0].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: 11 }, (_, index) => index + 2),
        );
        expect(await seqs({ after: 0, limit: 100 })).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
      });

      it.each(["closed", "waiting"] as const)(
        "a %s conversation opens with the customer's next message, and with nobody else's",
        async (put) => {
          const state = async () => (await store.conversation(conversationId))?.conversation.state;
          await store.append(draft(conversationId));
          await store.updateConversation(conversationId, { state: put }, start);
          for (const kind of ["agent", "system"] as const)
            await store.append(draft(conversationId, { author: { kind, name: null } }));
          expect(await state()).toBe(put);
          await store.append(draft(conversationId));
          expect(await state()).toBe("open");
        },
      );
    });
  });
}
