import { describe, expect, it } from "vitest";
import { refusal } from "./fixtures/refusal.ts";
import { checkTimes } from "./time-claims.ts";

const now = 1_795_000_000;
const exp = now + 60;
const check = (payload: object, nowMs = now * 1000) =>
  checkTimes({ ...payload }, { maxTokenLifetimeSeconds: 3600, clockSkewSeconds: 30 }, nowMs);

describe("Times are taken", () => {
  it.each([
    ["exp alone", { exp }, null],
    ["exp and iat", { exp, iat: now - 5 }, now - 5],
    ["exp, iat and nbf", { exp, iat: now, nbf: now }, now],
    ["exp as far ahead as life and skew allow", { exp: now + 3630 }, null],
    ["iat and nbf as far ahead as the skew", { exp, iat: now + 30, nbf: now + 30 }, now + 30],
    ["iat of long ago", { exp, iat: 0 }, 0],
  ])("with %s", (_, payload, issuedAtSeconds) => {
    expect(check(payload)).toEqual({ expiresAtSeconds: payload.exp, issuedAtSeconds });
  });

  it("until the millisecond before exp", () => {
    expect(check({ exp }, exp * 1000 - 1).expiresAtSeconds).toBe(exp);
  });
});

describe("Times are refused, with what was found and what was expected", () => {
  const here = "it is 2026-11-18T11:06:40.000Z here.";
  it.each([
    ["no exp", {}, "expiry_missing", "The token has no exp."],
    ["exp null", { exp: null }, "expiry_missing", "The token's exp is null, not a whole number of seconds."],
    ["a text", { exp: "9" }, "expiry_missing", "The token's exp is “9”, not a whole number of seconds."],
    [
      "a fraction",
      { exp: now + 0.5 },
      "expiry_missing",
      "The token's exp is 1795000000.5, not a whole number of seconds.",
    ],
    [
      "exp of this second",
      { exp: now },
      "token_expired",
      `The token expired at 2026-11-18T11:06:40.000Z; ${here}`,
    ],
    [
      "exp too far ahead",
      { exp: now + 3631 },
      "expiry_too_far",
      "The token expires at 2026-11-18T12:07:11.000Z; at most 3600 s from now (2026-11-18T11:06:40.000Z) are allowed.",
    ],
    [
      "exp in milliseconds",
      { exp: exp * 1000 },
      "expiry_too_far",
      "The token expires at 1795000060000, which looks like milliseconds (seconds are expected); at most 3600 s from now (2026-11-18T11:06:40.000Z) are allowed.",
    ],
    [
      "exp of the least number that is taken for milliseconds",
      { exp: 1e11 },
      "expiry_too_far",
      "The token expires at 100000000000, which looks like milliseconds (seconds are expected); at most 3600 s from now (2026-11-18T11:06:40.000Z) are allowed.",
    ],
    [
      "nbf that is a text",
      { exp, nbf: "now" },
      "token_malformed",
      "The token's nbf is “now”, not a whole number of seconds.",
    ],
    [
      "iat that is null",
      { exp, iat: null },
      "token_malformed",
      "The token's iat is null, not a whole number of seconds.",
    ],
    [
      "nbf beyond the skew",
      { exp, nbf: now + 31 },
      "token_not_yet_valid",
      `The token's nbf is 2026-11-18T11:07:11.000Z; ${here}`,
    ],
    [
      "iat beyond the skew",
      { exp, iat: now + 31 },
      "token_not_yet_valid",
      `The token's iat is 2026-11-18T11:07:11.000Z; ${here}`,
    ],
  ])("%s", async (_, payload, code, message) => {
    expect(await refusal(() => check(payload))).toMatchObject({ code, message });
  });
});
