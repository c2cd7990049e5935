import { describe, expect, it } from "vitest";
import { refusal } from "./fixtures/refusal.ts";
import { isKid, quote, readHeader, type TokenType } from "./header.ts";
import type { JsonObject } from "./strict-json.ts";

describe("A header is read", () => {
  it.each([
    ["for alg and kid", { alg: "RS256", kid: "k" }, "JWT", { alg: "RS256", kid: "k" }],
    ["without a kid", { alg: "RS256" }, "JWT", { alg: "RS256", kid: null }],
    ["with its typ in any case", { alg: "RS256", typ: "jWt" }, "JWT", { alg: "RS256", kid: null }],
    ["of a logout token", { alg: "RS256", typ: "Logout+JWT" }, "logout+jwt", { alg: "RS256", kid: null }],
  ] as const)("%s", (_, header, type, read) => {
    expect(readHeader(header, type)).toEqual(read);
  });
});

describe("A header is refused", () => {
  const cases: readonly (readonly [string, JsonObject, TokenType, string, string])[] = [
    ...["crit", "b64", "cty", "zip", "jwk", "jku", "x5u", "x5c"].map(
      (name) =>
        [
          `with ${name}`,
          { alg: "RS256", [name]: undefined },
          "JWT",
          "header_not_allowed",
          `The token's header has “${name}”; alg, kid and typ are expected.`,
        ] as const,
    ),
    [
      "of another typ",
      { alg: "RS256", typ: "at+jwt" },
      "JWT",
      "type_not_allowed",
      "The token's typ is “at+jwt”; expected none or “JWT”. It is an access token, which is for an API.",
    ],
    [
      "of a typ that is no text",
      { alg: "RS256", typ: null },
      "JWT",
      "type_not_allowed",
      "The token's typ is null; expected none or “JWT”.",
    ],
    [
      "without the typ of its kind",
      { alg: "RS256" },
      "vouch-platform+jwt",
      "type_not_allowed",
      "The token's typ is missing; expected “vouch-platform+jwt”. It is a Contact JWT, which goes into contactJwt.",
    ],
    ["without alg", {}, "JWT", "algorithm_not_allowed", "The token's alg is missing."],
    ["with an alg that is no text", { alg: 256 }, "JWT", "algorithm_not_allowed", "The token's alg is 256."],
    [
      "with alg none in any case",
      { alg: "nOnE" },
      "JWT",
      "algorithm_not_allowed",
      "The token's alg is “none”: nobody signed it.",
    ],
    [
      "with a kid that is no text",
      { alg: "RS256", kid: null },
      "JWT",
      "token_malformed",
      "The token's kid is null, not a string.",
    ],
    [
      "with a kid that no key can have",
      { alg: "RS256", kid: "" },
      "JWT",
      "key_unknown",
      "The token's kid is not one of 1 to 128 printable characters, as those of all keys are.",
    ],
  ];

  it.each(cases)("%s", async (_, header, type, code, message) => {
    expect(await refusal(() => readHeader(header, type))).toMatchObject({ code, message });
  });
});

it.each([
  ["k", true],
  ["k".repeat(128), true],
  ["a b/ü+😀", true],
  ["", false],
  ["k".repeat(129), false],
  ["k\n", false],
  ["\u202ek", false],
  ["k\u00a0", false],
])("Whether %j can be a kid: %s", (text, can) => {
  expect(isKid(text)).toBe(can);
});

it.each([
  [undefined, "missing"],
  [null, "null"],
  [1.5, "1.5"],
  [true, "true"],
  [false, "false"],
  ["a b", "“a b”"],
  ["two\nlines\u202e", "“two\uFFFDlines\uFFFD”"],
  ["x".repeat(64), `“${"x".repeat(64)}”`],
  ["x".repeat(65), `“${"x".repeat(64)}…”`],
  [[1], "an array"],
  [{ a: 1 }, "an object"],
])("In a sentence %j is %s", (value, quoted) => {
  expect(quote(value)).toBe(quoted);
});
