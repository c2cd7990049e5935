import { describe, expect, it } from "vitest";
import { refusal } from "./fixtures/refusal.ts";
import { readIdentity } from "./subject.ts";

describe("An identity", () => {
  it.each(["a", "a".repeat(256), "é".repeat(128), "a b", "e\u0301".normalize("NFC")])(
    "is kept as it is: %s",
    (identity) => {
      expect(readIdentity({ uid: identity, sub: "other" }, "uid")).toBe(identity);
    },
  );

  it.each([
    ["a number", 5, "is 5, not a string"],
    ["null", null, "is null, not a string"],
    ["an object", { id: "user-123" }, "is an object, not a string"],
    ["empty", "", "is empty"],
    ["a lone surrogate", "\ud800", "has a lone surrogate"],
    ["of 257 bytes", `é${"a".repeat(255)}`, "has 257 bytes; at most 256 are allowed"],
    ["with a tab in it", "a\tb", "has a control character"],
    ["with a space in front", " a", "begins or ends with white space"],
    ["with a no-break space behind it", "a\u00a0", "begins or ends with white space"],
    ["of a letter and its accent apart", "e\u0301", "is not in Unicode normalization form C"],
  ])("is refused where it is %s", async (_, uid, fault) => {
    expect(await refusal(() => readIdentity({ uid }, "uid"))).toMatchObject({
      code: "identity_invalid",
      message: `The token's claim “uid” ${fault}.`,
    });
  });

  it("is missing where the token has other claims only", async () => {
    expect(await refusal(() => readIdentity({ sub: "ada" }, "uid"))).toMatchObject({
      code: "identity_missing",
      message: "The token has no claim “uid”.",
    });
  });
});
