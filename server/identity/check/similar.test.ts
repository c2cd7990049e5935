import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSimilar, isWithinEdits, plainForm } from "./similar.ts";

describe("Edits between two texts", () => {
  it.each([
    ["identity", "identity", 0],
    ["identity", "identty", 1],
    ["identity", "identityy", 1],
    ["identity", "idemtity", 1],
    ["identity", "identiyt", 1],
    ["identity", "dientity", 1],
    ["identity", "identit", 1],
    ["identity", "dentitiy", 2],
    ["identity", "entity", 2],
    ["identity", "density", 2],
    ["identity", "sanity", 4],
    ["", "ab", 2],
    ["ab", "", 2],
    ["", "", 0],
    ["😀", "😁", 1],
  ])("%s and %s are %i apart", (one, other, edits) => {
    expect(isWithinEdits(one, other, edits)).toBe(true);
    expect(isWithinEdits(one, other, edits - 1)).toBe(false);
  });

  it("are as many in the other direction, and none for the same text", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 8 }),
        fc.string({ maxLength: 8 }),
        fc.nat(3),
        (one, other, edits) => {
          expect(isWithinEdits(one, other, edits)).toBe(isWithinEdits(other, one, edits));
          expect(isWithinEdits(one, one, 0)).toBe(true);
        },
      ),
    );
  });
});

describe("Names are similar", () => {
  it.each([
    ["user_id", "userId", true],
    ["User-ID", "userId", true],
    ["ｕｓｅｒ id", "userid", true],
    ["usr_id", "userId", true],
    ["sub", "sib", true],
    ["su", "sub", true],
    ["sub", "su", false],
    ["sub", "aud", false],
    ["iss", "sub", false],
    ["id", "ip", false],
    ["rsa", "ec", false],
    ["2025-rsa", "2026-rsa", true],
    ["shared", "secret", false],
  ])("%s and %s: %s", (one, other, similar) => {
    expect(isSimilar(one, other)).toBe(similar);
  });

  it("by their plain form, which has neither case nor separators", () => {
    expect(plainForm(" Comm100.Mailing_Address ")).toBe("comm100mailingaddress");
  });
});
