import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import { readCompact, tokenHash } from "./compact.ts";
import { refusal } from "./fixtures/refusal.ts";

const head = Buffer.from('{"alg":"RS256"}').toString("base64url");
const body = Buffer.from('{"a":1}').toString("base64url");

const accepted = (signature: string): boolean => {
  try {
    readCompact(`${head}.${body}.${signature}`, defaultLimits);
    return true;
  } catch {
    return false;
  }
};

it("A part is taken exactly where encoding its bytes gives the part again", () => {
  const character = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=");
  fc.assert(
    fc.property(fc.string({ unit: character, minLength: 1, maxLength: 12 }), (part) => {
      expect(accepted(part)).toBe(Buffer.from(part, "base64url").toString("base64url") === part);
    }),
    { numRuns: 5000 },
  );
});

it("Every two and three last characters are judged as encoding judges them", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const part of [...alphabet].flatMap((last) => [`A${last}`, `AA${last}`, `AAA${last}`, `AAAA${last}`]))
    expect(accepted(part)).toBe(Buffer.from(part, "base64url").toString("base64url") === part);
});

describe("A token is refused, with what was found and what was expected", () => {
  const encoded = (text: string | Buffer) => Buffer.from(text).toString("base64url");
  const limits = { tokenBytes: 300, tokenHeaderBytes: 40, jsonDepth: 3 };
  it.each([
    [
      "that is too large",
      "A".repeat(301),
      "token_too_large",
      "The token has 301 characters; at most 300 are allowed.",
    ],
    [
      "whose header is too large",
      `${encoded(`{"a":"${"x".repeat(33)}"}`)}.e30.AA`,
      "token_too_large",
      "The token's header has 41 bytes; at most 40 are allowed.",
    ],
    [
      "with unused bits",
      "e30.e31.AA",
      "token_malformed",
      "The token is not in canonical base64url (RFC 4648, sections 3.5 and 5).",
    ],
    [
      "whose header is no text",
      `${encoded(Buffer.of(0xff))}.e30.AA`,
      "token_malformed",
      "The token's header is not valid UTF-8.",
    ],
    [
      "whose payload is no text",
      `e30.${encoded(Buffer.of(0xff))}.AA`,
      "token_malformed",
      "The token's payload is not valid UTF-8.",
    ],
    [
      "whose payload is a list",
      `e30.${encoded("[]")}.AA`,
      "token_malformed",
      "The token's payload is not a JSON object.",
    ],
    [
      "whose payload is a text",
      `e30.${encoded('"a"')}.AA`,
      "token_malformed",
      "The token's payload is not a JSON object.",
    ],
    [
      "whose payload is null",
      `e30.${encoded("null")}.AA`,
      "token_malformed",
      "The token's payload is not a JSON object.",
    ],
    [
      "whose header is no JSON",
      `${encoded("{")}.e30.AA`,
      "token_malformed",
      "The token's header: is not valid JSON (line 1 column 2).",
    ],
    [
      "whose payload is too deep",
      `e30.${encoded('{"a":{"b":{"c":{}}}}')}.AA`,
      "token_malformed",
      'The token\'s payload: "a.b.c" is nested deeper than 3 levels.',
    ],
  ])("%s", async (_, token, code, message) => {
    expect(await refusal(() => readCompact(token, limits))).toMatchObject({ code, message });
  });

  it("and not at its limits", () => {
    const header = `{"a":"${"x".repeat(32)}"}`;
    const token = `${encoded(header)}.${encoded('{"a":{"b":{}}}')}.AAAA`;
    expect(readCompact(token, { ...limits, tokenBytes: token.length })).toEqual({
      text: token,
      header: JSON.parse(header),
      payload: { a: { b: {} } },
    });
  });
});

it("A token is remembered by its header and payload", () => {
  const hash = createHash("sha256").update("e30.e30").digest("hex");
  expect(tokenHash({ text: "e30.e30.AA" })).toBe(hash);
});
