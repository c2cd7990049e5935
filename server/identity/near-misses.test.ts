import { describe, expect, it } from "vitest";
import { base64url, rsa, signed } from "./fixtures/signing.ts";
import { describeMalformed, describeType } from "./near-misses.ts";

const good = await signed();
const [head = "", body = "", mark = ""] = good.split(".");

describe("What was passed instead of a token is named", () => {
  it.each([
    ["nothing", "", /^The token is empty\.$/],
    ["a placeholder of Mustache", " {{jwt}}\n", /placeholder/],
    ["a placeholder of ERB", "<%= jwt %>", /placeholder/],
    ["a placeholder of a template string", "$".concat("{jwt}"), /placeholder/],
    ["a placeholder in a header's value", "Bearer {{ jwt }}", /placeholder/],
    ["a header's value", `Bearer ${good}`, /“Bearer”/],
    ["a string literal", `"${good}"`, /in quotation marks/],
    ["a key", rsa.publicPem, /key or a certificate/],
    ["JSON", `{"token":"${good}"}`, /is JSON/],
    ["JSON behind white space", `\n { }`, /is JSON/],
    ["a line feed", `${good}\n`, /white space/],
    ["URL encoding", `${head}%2E${body}%2E${mark}`, /URL-encoded/],
    ["undefined", "undefined", /“undefined”/],
    ["an object as text", "[object Object]", /“\[object Object\]”/],
    ["a promise as text", "[object Promise]", /passed no token/],
    ["null", "null", /“null”/],
    ["an encrypted token", "a.b.c.d.e", /encrypted/],
    ["no signature", `${head}.${body}.`, /no signature/],
    ["nothing but dots", "..", /no signature/],
    ["four parts", `${head}.${body}..${mark}`, /has 4 of the 3 parts/],
    ["a word with null in front", "nullable", /opaque/],
    ["a word with null behind", "not-null", /opaque/],
    ["a sentence", "the bearer of bad news", /white space/],
    ["a quotation mark inside", `${head}."`, /outside base64url/],
    ["a brace inside", `${head}.{`, /outside base64url/],
    ["a percent sign", `${head}.%4.x`, /outside base64url/],
    ["padding", `${head}.${body}=.${mark}`, /padding/],
    ["base64", `${head}.${body}.a+b`, /padding/],
    ["a session's token", base64url("x".repeat(32)), /opaque/],
    ["two parts", `${head}.${body}`, /has 2 of the 3 parts/],
    ["other letters", `${head}.${body}.é`, /outside base64url/],
  ])("%s", (_, text, sentence) => {
    expect(describeMalformed(text)).toMatch(sentence);
  });
});

describe("A token of another type is named", () => {
  it.each([
    ["vouch-platform+jwt", " It is a platform JWT, which goes into platformJwt."],
    ["VOUCH-Platform+JWT", " It is a platform JWT, which goes into platformJwt."],
    ["JWT", " It is a Contact JWT, which goes into contactJwt."],
    [undefined, " It is a Contact JWT, which goes into contactJwt."],
    ["at+jwt", " It is an access token, which is for an API."],
    ["application/at+jwt", " It is an access token, which is for an API."],
    ["logout+jwt", " It is a logout token, which a provider sends and nobody signs in with."],
    ["dpop+jwt", " It is a proof of possession, which is for an authorization server."],
    ["x", ""],
    ["toString", ""],
    [5, ""],
    [null, ""],
    [{ toString: 1, valueOf: 1 }, ""],
    [["at+jwt"], ""],
  ])("%j:%s", (typ, sentence) => {
    expect(describeType(typ)).toBe(sentence);
  });
});
