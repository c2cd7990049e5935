import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./json.ts";

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test("reads every JSON text that is not nested too deep, and no other", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 12 }), fc.integer({ min: 1, max: 12 }), (value, maxDepth) => {
      const text = JSON.stringify(value);
      const expected = depthOf(value) > maxDepth ? undefined : JSON.parse(text);
      expect(parseJson(text, maxDepth)).toEqual(expected);
    }),
  );
});

test("brackets inside strings are no nesting, however the string is escaped", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("[", "{", '"', "\\", "]", "}", "a")), (parts) => {
      const value = { text: parts.join("") };
      expect(parseJson(JSON.stringify(value), 1)).toEqual(value);
    }),
  );
});

test.each(["", "{", "{'a':1}", '"open', '"\\', "nul", "[1,]", "undefined", "\uFEFF{}"])(
  "%j is no JSON",
  (text) => {
    expect(parseJson(text, 8)).toBeUndefined();
  },
);

test("a hundred thousand brackets are refused before anything is built", () => {
  expect(parseJson("[".repeat(100_000), 8)).toBeUndefined();
});
