import { describe, expect, it } from "vitest";
import { community, nowSeconds } from "../fixtures/signing.ts";
import type { JsonObject } from "../strict-json.ts";
import { readLeniently } from "./lenient-reading.ts";
import type { Advice } from "./report.ts";
import { explainExpired, explainExpiry, explainStart, explainTooFar, inWords } from "./time-advice.ts";

const nowMs = nowSeconds * 1000;
const acme = await community();
const causeOf = (advice: Advice | null): string | undefined => advice?.cause;

const subject = {
  nowMs,
  community: acme,
  token: "",
  reading: readLeniently(""),
  deployment: null,
  communities: new Map(),
  kind: "contactJwt" as const,
  judgedAs: "contactJwt" as const,
  deployments: new Map(),
  nonce: null,
  jwkSets: { find: async () => null, sweep() {}, status: () => [], close() {} },
  limits: {} as never,
};

describe("An expiry that is none", () => {
  const rows: readonly (readonly [payload: JsonObject, cause: string | undefined])[] = [
    [{ exp: "5" }, "It is a text."],
    [{ exp: " 1795000000 " }, "It is a text."],
    [{ exp: "2026-11-21" }, "It is a date written as text."],
    [{ exp: "15m" }, "It is a duration."],
    [{ exp: "90 s" }, "It is a duration."],
    [{ exp: "in 15m" }, undefined],
    [{ exp: "soon" }, undefined],
    [{ exp: 1.5 }, "It has a fraction."],
    [{ exp: Number.POSITIVE_INFINITY }, undefined],
    [{ exp: [] }, undefined],
    [{}, undefined],
    ...["expires", "expiry", "expires_at", "expiresAt", "expires_in", "Exp", "EXP"].map(
      (name) => [{ [name]: 1 }, `The claim “${name}” is there instead.`] as const,
    ),
  ];
  it.each(rows)("%j", (payload, cause) => {
    expect(causeOf(explainExpiry(payload))).toBe(cause);
  });
});

const inSeconds = "Count seconds: Math.floor(Date.now() / 1000) in JavaScript, time() in PHP and Python.";

describe("The fix of a time is the one for", () => {
  const [now, minute] = [nowSeconds, 60];
  const utc = "Use the time in UTC: local time is not what exp, nbf and iat count.";
  it.each([
    ["a text", explainExpiry({ exp: "5" }), "Write exp as a number, without quotation marks."],
    ["a date", explainExpiry({ exp: "2026-11-21" }), inSeconds],
    [
      "a duration as text",
      explainExpiry({ exp: "15m" }),
      "exp is a point in time: now and the duration, in seconds.",
    ],
    ["a fraction", explainExpiry({ exp: 1.5 }), "Round exp down to a whole number of seconds."],
    ["another name", explainExpiry({ EXP: 1 }), "Name the claim exp, and count seconds since 1970."],
    [
      "a duration",
      explainExpired({}, 3600, nowMs),
      "exp is a point in time: the present second and the token's lifetime added.",
    ],
    [
      "a clock of another time zone, behind",
      explainExpired({ iat: now - 60 * minute }, now - 55 * minute, nowMs),
      "Use the time in UTC: local time is not what exp and iat count.",
    ],
    [
      "a clock that is slow",
      explainExpired({ iat: now - 11 * minute }, now - 6 * minute, nowMs),
      "Sign a new token for each page; if new ones are refused too, set the signing server's clock (NTP).",
    ],
    ["milliseconds of exp", explainTooFar({}, now * 1000, subject), inSeconds],
    ["milliseconds of iat", explainStart({ iat: now * 1000 }, "iat", nowMs), inSeconds],
    ["a clock of another time zone", explainStart({ nbf: now + 60 * minute }, "nbf", nowMs), utc],
    [
      "a clock that is fast",
      explainStart({ iat: now + 7 * minute }, "iat", nowMs),
      "Set the signing server's clock (NTP), or leave nbf and iat out.",
    ],
  ])("%s", (_, advice, fix) => {
    expect(advice?.fix).toBe(fix);
  });
});

describe("An expiry that has passed", () => {
  const minutes = 60;
  it.each([
    [{}, 0, /duration/],
    [{}, 366 * 86_400 - 1, /duration/],
    [{}, 366 * 86_400, null],
    [{}, -1, null],
    [{}, nowSeconds - 5, null],
    [{ iat: nowSeconds - 5 }, nowSeconds - 5, null],
    [{ iat: "then" }, nowSeconds - 5, null],
    [
      { iat: nowSeconds - 600 },
      nowSeconds - 300,
      /^It was valid for 5 minutes and expired 5 minutes ago.* at least 5 minutes slow/,
    ],
    [
      { iat: nowSeconds - 30 * minutes },
      nowSeconds - 25 * minutes,
      /30 minutes behind, like a clock of another time zone/,
    ],
    [{ iat: nowSeconds - 30 * minutes - 120 }, nowSeconds - 25 * minutes, /another time zone/],
    [{ iat: nowSeconds - 30 * minutes - 121 }, nowSeconds - 25 * minutes, /valid for/],
    [{ iat: nowSeconds - 90 }, nowSeconds - 60, /^It was valid for 30 s and expired 60 s ago/],
    [{ iat: nowSeconds - 120 * minutes }, nowSeconds - 90 * minutes, /valid for 30 minutes/],
    [{ iat: nowSeconds - 28 * 30 * minutes }, nowSeconds - 835 * minutes, /14 hours behind/],
    [{ iat: nowSeconds - 29 * 30 * minutes }, nowSeconds - 865 * minutes, /valid for/],
  ])("%j, %i", (payload, exp, says) => {
    const cause = causeOf(explainExpired(payload, exp, nowMs));
    if (says === null) expect(cause).toBeUndefined();
    else expect(cause).toMatch(says);
  });
});

describe("A time that is too far ahead", () => {
  it.each([
    [1e11, "It is in milliseconds."],
    [1e14 - 1, "It is in milliseconds."],
    [1e14, "It is in microseconds."],
    [1e17, "It is in nanoseconds."],
    [1e20, undefined],
    [1e11 - 1, undefined],
  ])("%d", (exp, cause) => {
    expect(causeOf(explainTooFar({}, exp, subject))).toBe(cause);
    if (cause) expect(causeOf(explainStart({ iat: exp }, "iat", nowMs))).toBe(cause);
  });

  const { maxTokenLifetimeSeconds: life, clockSkewSeconds: skew } = acme;
  const far = `Let exp be at most ${life} s from now, or raise the community's maxTokenLifetimeSeconds.`;
  it.each([
    ["a clock ahead", nowSeconds + skew + 1, life, /^Set the signing server's clock/],
    ["a clock no more ahead than is forgiven", nowSeconds + skew, life + 1, far],
    ["a long life from a right clock", nowSeconds, life + 100, far],
    ["a long life from a clock ahead", nowSeconds + 300, life + 1, far],
  ] as const)("%s", (_, iat, lifetime, fix) => {
    const given = explainTooFar({ iat }, iat + lifetime, subject)?.fix;
    if (typeof fix === "string") expect(given).toBe(fix);
    else expect(given).toMatch(fix);
  });

  it("says how to write nbf and iat", () => {
    const fix = "Write nbf as a whole number of seconds since 1970, or leave it out.";
    expect(explainStart({ nbf: "x" }, "nbf", nowMs)).toEqual({ fix });
    expect(causeOf(explainStart({ iat: nowSeconds + 61 }, "iat", nowMs))).toBe(
      "The signing server's clock is 61 s ahead of ours.",
    );
  });
});

it.each([
  [0, "1 s"],
  [-5, "5 s"],
  [119, "119 s"],
  [120, "2 minutes"],
  [7199, "120 minutes"],
  [7200, "2 hours"],
  [19_800, "5.5 hours"],
  [72 * 3600 - 360, "71.9 hours"],
  [72 * 3600, "3 days"],
])("%i seconds are %s", (seconds, words) => {
  expect(inWords(seconds)).toBe(words);
});
