import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listVectors, readVector, vectorsMissing } from "./fixtures/vectors.ts";
import { JsonFault, parseStrictJson } from "./strict-json.ts";

const fault = (text: string, maxDepth = 8): JsonFault => {
  try {
    parseStrictJson(text, maxDepth);
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
  throw new Error("It was accepted.");
};

describe("Strict JSON", () => {
  it.each([
    ['{"a":1,"a":1}', "a"],
    ['{"a":"\\"","a":1}', "a"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['{"list":[{},{"b":{"c":1,"c":2}}]}', "list[1].b.c"],
    ['[[],{"x":1,"y":2,"x":3}]', "[1].x"],
  ])("refuses %s for the member at %s", (text, path) => {
    expect(fault(text)).toMatchObject({ path, message: "is there twice" });
  });

  it.each([
    '{"a":{"b":1},"b":2}',
    '[{"a":1},{"a":2}]',
    '{"a":"a","b":["a","a"]}',
    '{"a":"\\"a\\":","b":"{\\"a\\""}',
  ])("takes %s, where no object has a name twice", (text) => {
    expect(parseStrictJson(text, 8)).toEqual(JSON.parse(text));
  });

  it("refuses an own __proto__ at any depth", () => {
    expect(fault('{"a":[{"__proto__":1}]}').message).toMatch(/allowed name/);
  });

  it("counts depth by brackets, not by those inside strings", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(parseStrictJson(nested(8), 8)).toBeDefined();
    expect(fault(nested(9)).message).toMatch(/deeper than 8/);
    expect(parseStrictJson(JSON.stringify({ a: nested(50) }), 1)).toBeDefined();
  });

  it("never quotes a value of the text", () => {
    for (const text of [
      '{"secret":"hunter2"',
      '{"secret":hunter2}',
      '{"a":"hunter2","a":"hunter2"}',
      "hunter2",
    ])
      expect(fault(text).message).not.toContain("hunter2");
  });

  it.each(["1,2", ",", "}", '{"\\x":1,"\\y":2}', '"\\'])(
    "leaves what is no JSON at all to the grammar: %s",
    (text) => {
      expect(fault(text).message).toMatch(/^is not valid JSON/);
    },
  );

  it("cuts names in a path, which whoever wrote the text chose", () => {
    expect(fault(`{"${"x".repeat(65)}":{"a":1,"a":2}}`).path).toBe(`${"x".repeat(64)}.a`);
  });

  it("says where the grammar ends", () => {
    expect(fault('{\n  "a": 1,\n}')).toMatchObject({
      name: "JsonFault",
      path: "",
      message: "is not valid JSON (line 3 column 1)",
    });
    expect(fault("[c]").message).toBe("is not valid JSON");
    expect(fault(`${"\n".repeat(11)}["a", "bc" 1]`).message).toBe("is not valid JSON (line 12 column 12)");
  });

  it("agrees with JSON.parse on all it accepts, and accepts all that JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        fc.pre(!text.includes("__proto__"));
        expect(parseStrictJson(text, 8)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("accepts no text that JSON.parse refuses", () => {
    const token = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      '"\\',
      '"',
      "1",
      "-",
      "true",
      " ",
      "\\u0061",
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join("");
        let accepted: unknown;
        try {
          accepted = parseStrictJson(text, 8);
        } catch {
          return;
        }
        expect(accepted).toEqual(JSON.parse(text));
      }),
      { numRuns: 3000 },
    );
  });
});

describe.skipIf(vectorsMissing("JSONTestSuite"))("JSONTestSuite", () => {
  const accepts = (path: string): boolean => {
    const bytes = readVector(path);
    if (!isUtf8(bytes)) return false;
    try {
      parseStrictJson(bytes.toString("utf8"), 1000);
      return true;
    } catch (error) {
      if (error instanceof JsonFault) return false;
      throw error;
    }
  };

  it.each(listVectors("JSONTestSuite/test_parsing/n_*.json"))("%s is refused", (path) => {
    expect(accepts(path)).toBe(false);
  });

  const duplicates = /y_object_duplicated_key/;
  it.each(listVectors("JSONTestSuite/test_parsing/y_*.json"))(
    "%s parses, unless a name is there twice",
    (path) => {
      expect(accepts(path)).toBe(!duplicates.test(path));
    },
  );

  it.each(listVectors("JSONTestSuite/test_transform/object_same_key_*.json"))("%s is refused", (path) => {
    expect(accepts(path)).toBe(false);
  });
});
