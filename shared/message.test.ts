import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultLimits } from "./limits.ts";
import { codePoints, messageFault } from "./message.ts";

describe("a message's text", () => {
  test.each(["", " ", "\n\t", "\u200b", "\u2060\ufeff", "\u0000", "\u00a0\u3000"])(
    "%j has nothing to read",
    (text) => {
      expect(messageFault(text, defaultLimits)).toBe("message_empty");
    },
  );

  test.each(["a", " a ", "👋", "١", "\u0301", ".", "<script>"])("%j is a message", (text) => {
    expect(messageFault(text, defaultLimits)).toBeNull();
  });

  test("is counted in code points, not UTF-16 units", () => {
    expect(messageFault("👋".repeat(4000), defaultLimits)).toBeNull();
    expect(messageFault("👋".repeat(4001), defaultLimits)).toBe("message_too_long");
    expect(messageFault("a".repeat(4000), defaultLimits)).toBeNull();
    expect(messageFault("a".repeat(4001), defaultLimits)).toBe("message_too_long");
  });

  test("is bounded in bytes as well", () => {
    const limits = { messageCharacters: 10_000, messageBytes: 16 * 1024 };
    expect(messageFault("€".repeat(5461), limits)).toBeNull();
    expect(messageFault("€".repeat(5462), limits)).toBe("message_too_long");
  });

  test("never passes both bounds when it breaks one", () => {
    const limits = { messageCharacters: 5, messageBytes: 12 };
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 12 }), (text) => {
        const tooLong = codePoints(text) > 5 || Buffer.byteLength(text) > 12;
        const fault = messageFault(text, limits);
        expect(fault === "message_too_long").toBe(tooLong && fault !== "message_empty");
      }),
    );
  });
});
