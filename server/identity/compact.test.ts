import fc from "fast-check";
import { expect, it } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import { readCompact } from "./compact.ts";

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
