import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ifLate } from "../../../.ci/if-late.ts";
import { textParts } from "./text-parts.ts";

const links = (text: string) =>
  textParts(text).flatMap((part) => (part.kind === "link" ? [[part.text, part.href]] : []));

describe("the links of a text", () => {
  test.each([
    ["See https://acme.example/a?b=c#d.", "https://acme.example/a?b=c#d"],
    ["(https://acme.example/a_(b))", "https://acme.example/a_(b)"],
    ["mail ada@acme.example, please", "mailto:ada@acme.example"],
    ["www.acme.example!", "https://www.acme.example/"],
    ["tel:+46701740633", "tel:+46701740633"],
  ])("%s leads to %s", (text, href) => {
    expect(links(text).map(([, target]) => target)).toEqual([href]);
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,<b>",
    "java\nscript:x",
    "file:///etc/passwd",
    "vbscript:x",
    "acme.example",
  ])("%j is none", (text) => {
    expect(links(text)).toEqual([]);
  });

  test.each(["a", "a@", ")", "https://a).", "www.a@"])(
    "of %j a thousand times over are found at once",
    // A busy machine may be late once.
    { retry: ifLate },
    (piece) => {
      const started = performance.now();
      textParts(piece.repeat(16_000 / piece.length));
      expect(performance.now() - started).toBeLessThan(150);
    },
  );

  test("lead nowhere but to the web, a mailbox or a telephone, and no character is lost", () => {
    const pieces = fc.constantFrom(
      "https://",
      "javascript:",
      "mailto:",
      "a@b.cd",
      "www.",
      ".x",
      "(",
      ")",
      " ",
      "\n",
      "é👋",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => parts.join("")),
        ),
        (text) => {
          const parts = textParts(text);
          expect(parts.map((part) => part.text).join("")).toBe(text);
          for (const part of parts)
            if (part.kind === "link") expect(new URL(part.href).protocol).toMatch(/^(https?|mailto|tel):$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
