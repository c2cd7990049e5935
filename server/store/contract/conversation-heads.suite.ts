import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { draft, hashOf, open, openFor, opening, signed, start, visitor } from "./fixtures.ts";

export function conversationHeadContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: how far conversations have come`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store.close());

    const conversationOf = async (identity: string) => (await openFor(store, identity)).conversation.id;

    it("is told of many at once, with messages that were acknowledged just now", async () => {
      const [ada, bob] = [await conversationOf("ada"), await conversationOf("bob")];
      await Promise.all([store.append(draft(ada)), store.append(draft(ada)), store.append(draft(bob))]);
      await store.markReceipts(ada, "agent", { read: 1 });
      const heads = await store.heads([bob, "unknown", ada]);
      expect(heads.toSorted((a, b) => b.lastSeq - a.lastSeq)).toEqual([
        {
          id: ada,
          state: "open",
          assignee: null,
          lastSeq: 2,
          customer: { delivered: 0, read: 0 },
          agent: { delivered: 1, read: 1 },
        },
        expect.objectContaining({ id: bob, lastSeq: 1 }),
      ]);
      expect(await store.heads([])).toEqual([]);
    });

    it("agrees with the conversation, in whatever state a message or an agent put it", async () => {
      const id = await conversationOf("ada");
      await store.append(draft(id));
      await store.updateConversation(id, { state: "closed", assignee: "Sam" }, start);
      expect(await store.heads([id])).toMatchObject([{ state: "closed", assignee: "Sam" }]);
      await store.append(draft(id));
      const { state } = (await store.conversation(id))?.conversation ?? {};
      expect(await store.heads([id])).toMatchObject([{ state, assignee: "Sam", lastSeq: 3 }]);
    });

    it("is not told of what a sign-in left empty", async () => {
      await openFor(store, "ada");
      const guest = await open(store, opening(visitor, { tokenHash: hashOf("guest") }));
      await store.append(draft(guest.conversation.id));
      const handover = { tokenHash: hashOf("guest"), verifiedFrom: "Signed in.", writtenBefore: "Before:" };
      await open(store, opening(signed("ada"), { handover }));
      expect(await store.heads([guest.conversation.id])).toEqual([]);
    });

    it("is told of those that were active lately, the most recent first, and of no more than asked for", async () => {
      const ids = await Promise.all(["ada", "bob", "cat", "silent"].map(conversationOf));
      for (const [index, id] of ids.slice(0, 3).entries())
        await store.append(draft(id, { at: start + index }));
      const preview = await open(store, opening(signed("ada"), { preview: true }));
      await store.append(draft(preview.conversation.id, { at: start + 9 }));
      const active = async (since: number, limit = 10) =>
        (await store.activeHeads(since, limit)).map(({ id }) => id);
      const [ada, bob, cat] = ids;
      expect(await active(start)).toEqual([cat, bob, ada]);
      expect(await active(start + 1)).toEqual([cat, bob]);
      expect(await active(start, 1)).toEqual([cat]);
      expect(await active(start + 3)).toEqual([]);
      expect(await store.activeHeads(start + 2, 1)).toEqual(await store.heads(cat ? [cat] : []));
    });
  });
}
