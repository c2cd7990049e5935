import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrast, legible, textOn } from "./contrast.ts";

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);

describe("contrast", () => {
  it("is that of WCAG", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.478, 3);
    expect(contrast("#0b5fff", "#0b5fff")).toBe(1);
  });
});

describe("any accent", () => {
  it("carries text of at least 4.5:1", () => {
    fc.assert(fc.property(colour, (accent) => contrast(textOn(accent), accent) >= 4.5));
  });

  it("becomes text of at least 4.5:1 on light and dark bubbles", () => {
    fc.assert(
      fc.property(colour, fc.constantFrom("#f1f3f6", "#262a31"), (accent, surface) => {
        expect(contrast(legible(accent, surface), surface)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it("stays itself where it reads well, and carries white while it can", () => {
    expect(legible("#0b4fd6", "#f1f3f6")).toBe("#0b4fd6");
    expect(textOn("#0b5fff")).toBe("#ffffff");
    expect(textOn("#ffd400")).toBe("#000000");
  });
});
