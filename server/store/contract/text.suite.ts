import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { draft, openFor, signed, token } from "./fixtures.ts";

const awkward = [
  "\ufeffstarts with a byte order mark",
  "\u0001\u001b[31m\u007f\u0085\u2028\u2029",
  "  white space at both ends \r\n\t",
  "'; drop table message; --",
  '{"json": [null, "\\u0000"]}',
  "1e5",
  "Cafe\u0301 is not Caf\u00e9",
  "👩‍👩‍👧‍👦 \u{10ffff} \ufffd",
  "a".repeat(16 * 1024),
];

export function textContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: text`, () => {
    it("is kept exactly as written: every well-formed text without U+0000", async () => {
      const store = await openStore();
      try {
        const { conversation } = await openFor(store, "ada");
        const keepsExactly = async (texts: readonly string[]): Promise<void> => {
          const drafts = texts.map((text) => draft(conversation.id, { text }));
          await Promise.all(drafts.map(store.append));
          const { messages } = await store.messages(conversation.id, { limit: texts.length });
          expect(messages.map(({ text }) => text)).toEqual(texts);
          const again = await Promise.all(drafts.map(store.append));
          expect(again.every((appended) => appended.ok && appended.repeated)).toBe(true);
        };
        await keepsExactly(awkward);
        const text = fc
          .string({ unit: "binary", maxLength: 200 })
          .filter((written) => !written.includes("\0"));
        const texts = fc.array(text, { minLength: 1, maxLength: 30 });
        await fc.assert(fc.asyncProperty(texts, keepsExactly), { numRuns: 30 });
      } finally {
        await store.close();
      }
    }, 180_000);

    it("with U+0000 is refused, wherever it stands, and with nothing else", async () => {
      const store = await openStore();
      const { conversation } = await openFor(store, "ada");
      const [refused, stored] = await Promise.all([
        store.append(draft(conversation.id, { text: "a\0b" })),
        store.append(draft(conversation.id)),
      ]);
      expect(refused).toEqual({ ok: false, code: "request_invalid" });
      expect(stored).toMatchObject({ ok: true, message: { seq: 1 } });
      const identityToken = token("jwt", { singleUseId: "a\0b" });
      for (const ask of [
        async () => store.conversation("a\0b"),
        async () => store.updateConversation(conversation.id, { assignee: "a\0b" }, 0),
        async () => store.recordContact(signed("ada"), identityToken, 0),
      ])
        await expect(ask()).rejects.toMatchObject({ code: "request_invalid" });
      await store.close();
    });
  });
}
