import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import { draft, openFor } from "./fixtures.ts";

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
        const keepsExactly = async (text: string): Promise<void> => {
          const given = draft(conversation.id, { text });
          const appended = await store.append(given);
          expect(appended).toMatchObject({ ok: true, message: { text } });
          const { messages } = await store.messages(conversation.id, { limit: 1 });
          expect(messages[0]?.text).toBe(text);
          expect(await store.append(given)).toMatchObject({ repeated: true });
        };
        for (const text of awkward) await keepsExactly(text);
        const text = fc.string({ unit: "binary", minLength: 1, maxLength: 200 });
        await fc.assert(
          fc.asyncProperty(
            text.filter((written) => !written.includes("\0")),
            keepsExactly,
          ),
        );
      } finally {
        await store.close();
      }
    });
  });
}
