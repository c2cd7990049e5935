import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSealer } from "./secret.ts";

const sealer = createSealer("a master key for the tests, 32 characters or more");

describe("A sealed text", () => {
  it("opens to what was sealed, and shows nothing of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const sealed = sealer.seal(text);
        expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
        expect(sealer.open(sealed)).toBe(text);
      }),
    );
  });

  it("is another text each time", () => {
    expect(sealer.seal("secret")).not.toBe(sealer.seal("secret"));
  });

  it("does not open once it is changed or cut, nor under another secret", () => {
    const sealed = sealer.seal("secret");
    const flip = sealed.endsWith("A") ? "Q" : "A";
    const other = createSealer("another master key for the tests, 32 characters or more");
    for (const open of [
      () => sealer.open(sealed.slice(0, -1) + flip),
      () => sealer.open(`${sealed.slice(0, 5)}${sealed[5] === "A" ? "B" : "A"}${sealed.slice(6)}`),
      () => sealer.open(sealed.slice(0, -4)),
      () => sealer.open("v1."),
      () => sealer.open(sealed.replace("v1.", "v2.")),
      () => sealer.open(""),
      () => other.open(sealed),
    ])
      expect(open).toThrow(/VOUCH_SECRET/);
  });
});
