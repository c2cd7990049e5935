import { describe, expect, it } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import type { ProblemCode } from "../../shared/problems.ts";
import { checkMessage } from "./message-check.ts";

const id = "0b9f1f9e-8b1c-4f0e-9a53-0c1d2e3f4a5b";

function refusal(message: Partial<Parameters<typeof checkMessage>[0]>): ProblemCode | null {
  try {
    checkMessage({ id, text: "Hello", ...message }, defaultLimits);
    return null;
  } catch (error) {
    return (error as { code: ProblemCode }).code;
  }
}

const refused: [string, Parameters<typeof refusal>[0], ProblemCode][] = [
  ["without a UUID", { id: "1" }, "request_invalid"],
  ["without anything visible", { text: " \n\u200b\u2060" }, "message_empty"],
  ["with half of a surrogate pair", { text: "a\ud800b" }, "request_invalid"],
  ["with the other half", { text: "a\udc00b" }, "request_invalid"],
  ["with U+0000", { text: "a\0b" }, "request_invalid"],
  ["without text and attachments", { text: "", attachments: [] }, "message_empty"],
  ["of white space, with attachments", { text: " ", attachments: ["a1"] }, "message_empty"],
  ["that is too long", { text: "a".repeat(4001) }, "message_too_long"],
  ["that is too large", { text: "\u{1f600}".repeat(4000).concat("a") }, "message_too_long"],
];

describe("A message is refused", () => {
  it.each(refused)("%s", (_what, message, code) => {
    expect(refusal(message)).toBe(code);
  });
});

describe("A message is taken", () => {
  it.each([
    ["as it is", {}],
    ["with an upper-case UUID", { id: id.toUpperCase() }],
    ["with no attachments", { attachments: [] }],
    ["with attachments alone", { text: "", attachments: ["a1"] }],
    ["of exactly 4,000 characters of two units each", { text: "😀".repeat(4000) }],
    ["with control characters around something visible", { text: "\u0001x\u2028" }],
  ])("%s", (_what, message) => {
    expect(refusal(message)).toBeNull();
  });
});
