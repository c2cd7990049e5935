import { describe, expect, it } from "vitest";
import { base64url, claims, header, signed } from "../fixtures/signing.ts";
import { readLeniently } from "./lenient-reading.ts";

const good = await signed();
const [head = "", body = "", mark = ""] = good.split(".");
const standard = (part: string): string => Buffer.from(part, "base64url").toString("base64");

describe("A text is read as the token that it was", () => {
  it.each([
    ["a token", good, []],
    ["a byte order mark", `\uFEFF${good}`, ["around it"]],
    ["white space", `\t${good} \n`, ["around it"]],
    ["Bearer", `bearer ${good}`, ["Bearer"]],
    ["a header", `Authorization: Bearer ${good}`, ["Bearer"]],
    ["quotation marks", `'${good}'`, ["quotation marks"]],
    ["URL encoding of quotation marks", `%22${good}%22`, ["URL encoding", "quotation marks"]],
    ["Bearer in URL encoding", `Bearer%20${good}`, ["URL encoding", "Bearer"]],
    ["white space in quotation marks", `" ${good} "`, ["quotation marks", "white space in it"]],
    ["grave accents", `\`${good}\``, ["quotation marks"]],
    ["another scheme", `JWT  ${good}`, ["Bearer"]],
    ["a header in URL encoding", `authorization:token+${good}`, ["Bearer"]],
    ["lines", good.replace(/.{64}/g, "$&\r\n"), ["white space in it"]],
    ["base64", good.split(".").map(standard).join("."), ["base64 into base64url"]],
    ["an object", JSON.stringify({ ids: [good], token: good }), ["JSON serialization"]],
    [
      "the flattened form",
      JSON.stringify({ protected: head, payload: body, signature: mark }),
      ["JSON serialization"],
    ],
    [
      "the general form",
      JSON.stringify({ payload: body, signatures: [{ protected: head, signature: mark }, {}] }),
      ["JSON serialization"],
    ],
  ])("%s", (_, text, repairs) => {
    const reading = readLeniently(text);
    expect(reading.text).toBe(good);
    expect(reading.header).toEqual(header);
    expect(reading.payload).toEqual(claims);
    expect(reading.repairs).toHaveLength(repairs.length);
    for (const [at, repair] of repairs.entries()) expect(reading.repairs[at]).toContain(repair);
  });
});

it("What was done to a text is told in order", () => {
  const wrapped = `\uFEFF ${encodeURIComponent(`Bearer "${good.split(".").map(standard).join(".\n")}"`)}`;
  expect(readLeniently(wrapped).repairs).toEqual([
    "took off the white space around it",
    "decoded it from URL encoding",
    "took off “Bearer”",
    "took off the quotation marks",
    "took out the white space in it",
    "turned base64 into base64url",
  ]);
  expect(readLeniently(JSON.stringify({ token: good })).repairs).toEqual([
    "read the JSON serialization as a compact one",
  ]);
  expect(readLeniently(`the bearer ${good}`).repairs).toEqual(["took out the white space in it"]);
  expect(readLeniently(" hello ").repairs).toEqual([]);
});

describe("A text is read as far as it goes", () => {
  it.each([
    ["without a signature", `${head}.${body}.`, header, claims],
    ["in two parts", `${head}.${body}`, header, claims],
    ["without a payload", `${head}..${mark}`, header, null],
    ["encrypted", `${head}.${body}.AA.AA.AA`, header, null],
    ["of a payload that is no object", `${head}.${base64url("[]")}.AA`, header, null],
    ["of a header that is no JSON", `${base64url("alg")}.${body}.AA`, null, claims],
    [
      "with a mark in its payload",
      `${head}.${base64url(`\uFEFF${JSON.stringify(claims)}`)}.AA`,
      header,
      claims,
    ],
    ["that is none", "hello", null, null],
    ["with a letter before quotation marks", `x"${good}"`, null, null],
    ["with a letter behind quotation marks", `"${good}"x`, null, null],
    ["as an object without a signature", JSON.stringify({ protected: head, payload: body }), null, null],
    ["in one quotation mark", `"${head}.${body}`, null, null],
    ["in two kinds of quotation marks", `"${head}.${body}'`, null, null],
    ["behind a dot", `.${body}.${mark}`, null, null],
    ["with a percent sign", `%${good}`, null, null],
    ["as an object of parts that are none", JSON.stringify({ protected: 1, token: `${good}.` }), null, null],
    ["as signatures that are none", JSON.stringify({ payload: body, signatures: [null] }), null, null],
    ["in six parts", `${head}.${body}.AA.AA.AA.AA`, null, null],
    ["in Cyrillic", "привет.мир.да", null, null],
  ])("%s", (_, text, expectedHeader, expectedPayload) => {
    const reading = readLeniently(text);
    expect(reading.header).toEqual(expectedHeader);
    expect(reading.payload).toEqual(expectedPayload);
  });

  it("up to 65,536 characters", () => {
    expect(
      readLeniently(`${head}.${body}.${"A".repeat(65_536 - head.length - body.length - 2)}`).header,
    ).toEqual(header);
    expect(readLeniently(`${head}.${body}.${"A".repeat(65_536 - head.length - body.length - 1)}`)).toEqual({
      text: null,
      header: null,
      payload: null,
      repairs: [],
    });
  });
});
