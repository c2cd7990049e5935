import { describe, expect, it } from "vitest";
import { report, resultOf } from "../fixtures/checking.ts";
import { base64url, claims, community, headerText, signed, signedTexts } from "../fixtures/signing.ts";
import type { CheckName } from "./report.ts";

const acme = await community();
const good = await signed();
const [head = "", body = ""] = good.split(".");
const paying = (payload: string): string => signedTexts(headerText, payload);
const told = async (token: string, check: CheckName) => resultOf(await report(token, acme), check);

const usualFix =
  "Pass the compact serialization (header.payload.signature) exactly as your JWT library returns it.";
const signClaims = "Sign the claims themselves, as a JSON object; your JWT library encodes them.";
const plain = (repairs: string): string =>
  `Pass header.payload.signature and nothing else. To read on, this report ${repairs}.`;

describe("The fix of a wrong form is the one for", () => {
  it.each([
    ["a wrapped token", `Bearer ${good}`, plain("took off “Bearer”")],
    [
      "a token wrapped twice",
      `"${good}"\n`,
      plain("took off the white space around it, then took off the quotation marks"),
    ],
    [
      "an encrypted token",
      `${head}.AA.AA.AA.AA`,
      "Sign the token (JWS) instead of encrypting it (JWE); the connection is encrypted already.",
    ],
    ["a token in six parts", `${head}.AA.AA.AA.AA.AA`, usualFix],
    ["an opaque token", "sk_8dhw72hdk2jd92kd92kd02kd92", usualFix],
    ["no token", "", usualFix],
  ])("%s", async (_, token, fix) => {
    expect(await told(token, "form")).toMatchObject({ passed: false, code: "token_malformed", fix });
  });
});

describe("The fix of a payload that can't be read is the one for", () => {
  it.each([
    ["a byte order mark", "\uFEFF{}", "It begins with a byte order mark.", "Leave the mark out."],
    ["claims that were encoded twice", base64url('{"a":1}'), "It was encoded twice.", signClaims],
    ["a nested token", good, "It is a token inside a token.", signClaims],
    ["a nested token in quotation marks", `"${good}"`, "It is a token inside a token.", signClaims],
    ["a query string", "a.b=1&c=2", "It is a query string, not JSON.", "Sign a JSON object."],
    [
      "Python's way to write an object",
      "{'identity': 'u'}",
      "It is written with apostrophes, which JSON does not have.",
      usualFix,
    ],
  ])("%s", async (_, payload, cause, fix) => {
    const result = await told(paying(payload), "payload");
    expect(result).toMatchObject({ passed: false, code: "token_malformed", fix });
    expect(result.cause?.endsWith(cause)).toBe(true);
  });

  it.each([["{a: eyJh}"], ["{a: x=1}"], ["{it's: 1}"], ["[]"]])("none of these: %s", async (payload) => {
    const { cause, fix } = await told(paying(payload), "payload");
    expect(cause).not.toMatch(/inside|twice|query|apostrophes/);
    expect(fix).toBe(usualFix);
  });
});

it("A header that can't be read gets the same advice", async () => {
  expect(await told(signedTexts(`\uFEFF${headerText}`, "{}"), "header")).toMatchObject({
    passed: false,
    code: "token_malformed",
    fix: "Leave the mark out.",
  });
});

it("Parts that were built by hand are told", async () => {
  const next = String.fromCharCode(good.charCodeAt(good.length - 1) + 1);
  expect(await told(`${good.slice(0, -1)}${next}`, "encoding")).toMatchObject({
    passed: false,
    cause: "The token is not in canonical base64url (RFC 4648, sections 3.5 and 5).",
    fix: "Use your JWT library's own text; do not build, pad or cut the parts by hand.",
  });
});

describe("Sizes", () => {
  it("are told, with their bounds", async () => {
    const { checks } = await report(good, acme);
    expect(checks.slice(3, 8).map(({ found, expected }) => [found, expected])).toEqual([
      [`${good.length} characters`, "at most 8192 characters"],
      ["parts: 3", "three parts of base64url, separated by dots"],
      [`${good.length} characters`, "canonical base64url"],
      [`${headerText.length} bytes`, "a JSON object of at most 1024 bytes"],
      [`${JSON.stringify(claims).length} bytes`, "a JSON object, each member once"],
    ]);
  });

  it("of the whole are refused beyond the limit, and parts counted up to a hundred", async () => {
    expect(await told(`${good}${"A".repeat(8192)}`, "size")).toMatchObject({
      passed: false,
      code: "token_too_large",
    });
    expect((await told(".".repeat(200), "form")).found).toBe("parts: 100");
  });

  it("of the header are refused beyond the limit", async () => {
    const header = JSON.stringify({ alg: "RS256", x: "x".repeat(1024) });
    expect(await told(signedTexts(header, "{}"), "header")).toMatchObject({
      passed: false,
      code: "token_too_large",
    });
  });
});

it("Of a text that can't be made a token only size and form are checked", async () => {
  const { checks } = await report(`${head}.${body}`, acme);
  for (const check of ["encoding", "header", "payload"] as const)
    expect(checks.find((result) => result.check === check)).toMatchObject({
      passed: null,
      cause: "The token could not be read as far as this.",
    });
});
