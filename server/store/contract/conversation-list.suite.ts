import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { draft, open, openFor, opening, signed, start } from "./fixtures.ts";

export function conversationListContract(name: string, openStore: () => Promise<Store>): void {
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

    describe("the agents' list", () => {
      const list = async (query: Partial<Parameters<Store["conversations"]>[0]> = {}) =>
        await store.conversations({ preview: false, limit: 10, ...query });

      it("shows conversations with messages, the most recently active first", async () => {
        const bob = await openFor(store, "bob");
        await openFor(store, "silent");
        await store.append(draft(conversationId, { at: start + 1 }));
        await store.append(draft(bob.conversation.id, { at: start + 2, text: "Bob's" }));
        const { items, cursor } = await list();
        expect(items.map(({ conversation }) => conversation.id)).toEqual([
          bob.conversation.id,
          conversationId,
        ]);
        expect(items[0]).toMatchObject({
          contact: { id: bob.contact.id },
          conversation: { lastSeq: 1, updatedAt: start + 2 },
          lastMessage: { text: "Bob's" },
        });
        expect(cursor).toBeNull();
        await store.append(draft(conversationId, { at: start + 3 }));
        expect((await list()).items[0]?.conversation.id).toBe(conversationId);
      });

      it("filters by state, and shows previews only when asked for", async () => {
        const preview = await open(store, opening(signed("ada"), { preview: true }));
        await store.append(draft(conversationId));
        await store.append(draft(preview.conversation.id));
        const ids = async (query: object) =>
          (await list(query)).items.map(({ conversation }) => conversation.id);
        expect(await ids({})).toEqual([conversationId]);
        expect(await ids({ preview: true })).toEqual([preview.conversation.id]);
        expect(await ids({ state: "closed" })).toEqual([]);
        await store.updateConversation(conversationId, { state: "closed" }, start);
        expect(await ids({ state: "closed" })).toEqual([conversationId]);
        expect(await ids({ state: "open" })).toEqual([]);
      });

      it("pages through all of them once, ties and all", async () => {
        const opened = await Promise.all(
          Array.from({ length: 23 }, (_, index) => openFor(store, `user-${index}`)),
        );
        const expected = opened.map(({ conversation }) => conversation.id);
        await Promise.all(
          expected.map((id, index) => store.append(draft(id, { at: start + Math.floor(index / 5) }))),
        );
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<Store["conversations"]>> = await list({
            limit: 7,
            ...(cursor !== null && { cursor }),
          });
          expect(page.items.length).toBeLessThanOrEqual(7);
          seen.push(...page.items.map(({ conversation }) => conversation.id));
          cursor = page.cursor;
        } while (cursor !== null);
        expect(seen).toHaveLength(23);
        expect(seen.toSorted()).toEqual(expected.toSorted());
      });

      it("refuses a cursor that it did not give", async () => {
        for (const cursor of ["", "x", Buffer.from("1.2").toString("base64url"), "1.%00"])
          await expect(list({ cursor })).rejects.toMatchObject({ code: "request_invalid" });
      });
    });
  });
}
