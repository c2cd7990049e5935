import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrast } from "../fixtures/contrast.ts";
import { legible, textOn } from "./contrast.ts";

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);

/** The bubbles of `base.css`. */
const bubble = { light: "#f1f3f6", dark: "#262a31" } as const;

describe("any accent", () => {
  it("carries text of at least 4.5:1", () => {
    fc.assert(
      fc.property(colour, (accent) => {
        expect(contrast(textOn(accent), accent)).toBeGreaterThanOrEqual(4.5);
      }),
      { numRuns: 2000 },
    );
  });

  it("becomes text of at least 4.5:1 on light and dark bubbles", () => {
    fc.assert(
      fc.property(colour, fc.constantFrom("light", "dark"), (accent, scheme) => {
        expect(contrast(legible(accent, scheme), bubble[scheme])).toBeGreaterThanOrEqual(4.5);
      }),
      { numRuns: 2000 },
    );
  });

  it("stays itself where it reads well, and carries white while it can", () => {
    expect(legible("#0b4fd6", "light")).toBe("rgb(11,79,214)");
    expect(textOn("#0b5fff")).toBe("white");
    expect(textOn("#ffd400")).toBe("black");
  });
});
