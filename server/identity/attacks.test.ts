import { describe, expect, it } from "vitest";
import { type Attack, describeAttacks, hmac, withClaim, withIdentity } from "./fixtures/forging.ts";
import { refusalCode } from "./fixtures/refusal.ts";
import {
  base64url,
  claims,
  community,
  ec,
  ed,
  gate,
  header,
  headerText,
  keyPair,
  otherRsa,
  rsa,
  secret,
  signed,
  signedTexts,
} from "./fixtures/signing.ts";

const good = await signed();
const [goodHeader = "", goodPayload = "", goodSignature = ""] = good.split(".");
const claimsText = JSON.stringify(claims);

const withHeader = (member: string): string =>
  signedTexts(`${headerText.slice(0, -1)},${member}}`, claimsText);
const unusedBits = `${good.slice(0, -1)}${String.fromCharCode(good.charCodeAt(good.length - 1) + 1)}`;

const shape: readonly Attack[] = [
  ["nothing", "", "token_malformed"],
  ["a text", "hello", "token_malformed"],
  ["an unreplaced {{placeholder}}", "{{ user.contactJwt }}", "token_malformed"],
  ["an unreplaced <% placeholder %>", "<%= contactJwt %>", "token_malformed"],
  ["an unreplaced %placeholder%", "%CONTACT_JWT%", "token_malformed"],
  ["the text undefined", "undefined", "token_malformed"],
  ["the whole Authorization header", `Bearer ${good}`, "token_malformed"],
  ["a quoted token", `"${good}"`, "token_malformed"],
  ["a space in front", ` ${good}`, "token_malformed"],
  ["a line feed behind", `${good}\n`, "token_malformed"],
  ["a line feed inside a part", `${good.slice(0, 40)}\n${good.slice(40)}`, "token_malformed"],
  ["padding", `${goodHeader}.${goodPayload}.${goodSignature}==`, "token_malformed"],
  ["base64 instead of base64url", `${good.slice(0, -4)}+/aA`, "token_malformed"],
  ["non-zero unused bits in the signature", unusedBits, "token_malformed"],
  ["a part of impossible length", `${goodHeader}.${goodPayload}.AAAAA`, "token_malformed"],
  ["two parts", `${goodHeader}.${goodPayload}`, "token_malformed"],
  ["no signature", `${goodHeader}.${goodPayload}.`, "token_malformed"],
  ["an empty payload", `${goodHeader}..${goodSignature}`, "token_malformed"],
  ["four parts", `${good}.AAAA`, "token_malformed"],
  ["an encrypted token (JWE, CVE-2023-51774)", `${goodHeader}.AAAA.AAAA.AAAA.AAAA`, "token_malformed"],
  ["the JSON serialization", JSON.stringify({ payload: goodPayload, signatures: [] }), "token_malformed"],
  ["a NUL behind", `${good}\0`, "token_malformed"],
  ["a full-width full stop", good.replace(".", "．"), "token_malformed"],
  ["2 MB of header", `${"A".repeat(2_000_000)}.e30.AA`, "token_too_large"],
  ["5 MB of payload", `${goodHeader}.${"A".repeat(5_000_000)}.AA`, "token_too_large"],
  [
    "a header of 1,025 bytes",
    withHeader(`"x":"${"a".repeat(1025 - headerText.length - 7)}"`),
    "token_too_large",
  ],
];

const json: readonly Attack[] = [
  ["a payload that is no JSON", signedTexts(headerText, "identity=user-123"), "token_malformed"],
  ["a header that is no JSON", signedTexts("alg=RS256", claimsText), "token_malformed"],
  ["an array as payload", signedTexts(headerText, "[]"), "token_malformed"],
  ["a string as payload", signedTexts(headerText, '"user-123"'), "token_malformed"],
  ["null as payload", signedTexts(headerText, "null"), "token_malformed"],
  ["an array as header", signedTexts('["RS256"]', claimsText), "token_malformed"],
  [
    "a byte order mark in front of the payload",
    signedTexts(headerText, `\uFEFF${claimsText}`),
    "token_malformed",
  ],
  [
    "a byte order mark in front of the header",
    signedTexts(`\uFEFF${headerText}`, claimsText),
    "token_malformed",
  ],
  ["UTF-16", signedTexts(headerText, Buffer.from(claimsText, "utf16le")), "token_malformed"],
  ["bytes that are no UTF-8", withIdentity(Buffer.from([0x22, 0xc3, 0x28, 0x22])), "token_malformed"],
  ["overlong UTF-8", withIdentity(Buffer.from([0x22, 0xc0, 0xaf, 0x22])), "token_malformed"],
  ["a surrogate in UTF-8", withIdentity(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), "token_malformed"],
  ["the identity twice", withClaim('"identity":"admin"'), "token_malformed"],
  ["the identity twice, once escaped", withClaim('"\\u0069dentity":"admin"'), "token_malformed"],
  ["a nested member twice", withClaim('"a":{"b":1,"b":2}'), "token_malformed"],
  ["the algorithm twice", withHeader('"alg":"none"'), "token_malformed"],
  ["the kid twice", withHeader('"kid":"rsa-2"'), "token_malformed"],
  ["an own __proto__", withClaim('"__proto__":{"identity":"admin"}'), "token_malformed"],
  ["an escaped __proto__", withClaim('"\\u005f_proto__":{"exp":1}'), "token_malformed"],
  ["nine levels", withClaim(`"a":${"[".repeat(8)}${"]".repeat(8)}`), "token_malformed"],
  ["a thousand levels", withClaim(`"a":${"[".repeat(1000)}${"]".repeat(1000)}`), "token_malformed"],
  ["a comma at the end", signedTexts(headerText, `${claimsText.slice(0, -1)},}`), "token_malformed"],
  ["a comment", signedTexts(headerText, `${claimsText}/**/`), "token_malformed"],
  ["two documents", signedTexts(headerText, `${claimsText}${claimsText}`), "token_malformed"],
  ["NaN", withClaim('"nbf":NaN'), "token_malformed"],
];

const headers: readonly Attack[] = [
  ["alg none", `${base64url('{"alg":"none"}')}.${goodPayload}.AAAA`, "algorithm_not_allowed"],
  ["alg None", `${base64url('{"alg":"None"}')}.${goodPayload}.AAAA`, "algorithm_not_allowed"],
  ["alg nOnE", `${base64url('{"alg":"nOnE"}')}.${goodPayload}.AAAA`, "algorithm_not_allowed"],
  ["no alg", signedTexts('{"kid":"rsa"}', claimsText), "algorithm_not_allowed"],
  ["an empty alg", signedTexts('{"alg":"","kid":"rsa"}', claimsText), "algorithm_not_allowed"],
  ["alg as an array", signedTexts('{"alg":["RS256"],"kid":"rsa"}', claimsText), "algorithm_not_allowed"],
  ["alg in lower case", signedTexts('{"alg":"rs256","kid":"rsa"}', claimsText), "algorithm_not_allowed"],
  ["an algorithm of no key", signed(claims, { ...header, alg: "PS256" }), "algorithm_not_allowed"],
  [
    "an algorithm nobody knows",
    signedTexts('{"alg":"RS257","kid":"rsa"}', claimsText),
    "algorithm_not_allowed",
  ],
  ["toString as alg", signedTexts('{"alg":"toString","kid":"rsa"}', claimsText), "algorithm_not_allowed"],
  ["the algorithm of another key", hmac({ alg: "HS256", kid: "rsa" }, secret), "algorithm_not_allowed"],
  [
    "the public key as HMAC secret",
    hmac({ alg: "HS256", kid: "rsa" }, rsa.publicPem),
    "algorithm_not_allowed",
  ],
  [
    "the public key as HMAC secret, under the secret's kid",
    hmac({ alg: "HS256", kid: "shared" }, rsa.publicPem),
    "signature_invalid",
  ],
  [
    "the public key as HMAC secret, without a kid",
    hmac({ alg: "HS256" }, rsa.publicPem),
    "signature_invalid",
  ],
  ["an empty HMAC secret (CVE-2026-45363)", hmac({ alg: "HS256", kid: "shared" }, ""), "signature_invalid"],
  ["crit", withHeader('"crit":["exp"]'), "header_not_allowed"],
  [
    "an unknown critical extension (CVE-2025-59420)",
    withHeader('"crit":["bork"],"bork":true'),
    "header_not_allowed",
  ],
  ["an empty crit", withHeader('"crit":[]'), "header_not_allowed"],
  ["b64 false without crit (RFC 7797)", withHeader('"b64":false'), "header_not_allowed"],
  ["cty, a nested token", withHeader('"cty":"JWT"'), "header_not_allowed"],
  ["zip", withHeader('"zip":"DEF"'), "header_not_allowed"],
  [
    "its own key as jwk (CVE-2018-0114)",
    withHeader(`"jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}`),
    "header_not_allowed",
  ],
  ["an address of keys as jku", withHeader('"jku":"http://169.254.169.254/"'), "header_not_allowed"],
  ["an address of certificates as x5u", withHeader('"x5u":"https://evil.example/c"'), "header_not_allowed"],
  ["its own certificate as x5c", withHeader('"x5c":["MIIB"]'), "header_not_allowed"],
  ["an access token", signed(claims, { ...header, typ: "at+jwt" }), "type_not_allowed"],
  ["a logout token", signed(claims, { ...header, typ: "logout+jwt" }), "type_not_allowed"],
  ["a platform token", signed(claims, { ...header, typ: "vouch-platform+jwt" }), "type_not_allowed"],
  ["application/jwt", signed(claims, { ...header, typ: "application/jwt" }), "type_not_allowed"],
  ["typ null", signedTexts('{"alg":"RS256","kid":"rsa","typ":null}', claimsText), "type_not_allowed"],
  ["an unknown kid", signed(claims, { ...header, kid: "rsa-3" }), "key_unknown"],
  ["a kid in another case", signed(claims, { ...header, kid: "RSA" }), "key_unknown"],
  ["a kid that is a path", signed(claims, { ...header, kid: "../../dev/null" }), "key_unknown"],
  ["a kid that is SQL", signed(claims, { ...header, kid: "x' UNION SELECT 'a" }), "key_unknown"],
  ["a kid named __proto__", signed(claims, { ...header, kid: "__proto__" }), "key_unknown"],
  ["an empty kid", signed(claims, { ...header, kid: "" }), "key_unknown"],
  ["a kid of 129 characters", signed(claims, { ...header, kid: "k".repeat(129) }), "key_unknown"],
  ["a kid with a control character", signed(claims, { ...header, kid: "rsa\0" }), "key_unknown"],
  ["a number as kid", signedTexts('{"alg":"RS256","kid":1}', claimsText), "token_malformed"],
  ["null as kid", signedTexts('{"alg":"RS256","kid":null}', claimsText), "token_malformed"],
  ["no kid, where two keys could serve", signed(claims, { alg: "RS256" }), "key_id_required"],
];

const signatures: readonly Attack[] = [
  ["another key's signature", signed(claims, header, otherRsa.privateKey), "signature_invalid"],
  ["a stranger's signature", signed(claims, header, keyPair("RS256").privateKey), "signature_invalid"],
  [
    "a changed payload",
    `${goodHeader}.${base64url(claimsText.replace("user-123", "user-124"))}.${goodSignature}`,
    "signature_invalid",
  ],
  [
    "a changed header",
    `${base64url('{"alg":"RS256","kid":"rsa"}')}.${goodPayload}.${goodSignature}`,
    "signature_invalid",
  ],
  ["a signature of one byte", `${goodHeader}.${goodPayload}.AA`, "signature_invalid"],
  ["a signature of zeros", `${goodHeader}.${goodPayload}.${"A".repeat(342)}`, "signature_invalid"],
  [
    "a zero in front of the signature",
    `${goodHeader}.${goodPayload}.${base64url(Buffer.concat([Buffer.of(0), Buffer.from(goodSignature, "base64url")]))}`,
    "signature_invalid",
  ],
  ["an HMAC of 16 bytes", truncated(hmac({ alg: "HS256", kid: "shared" }, secret), 16), "signature_invalid"],
  [
    "an ECDSA signature of zeros (CVE-2022-21449)",
    zeroSignature(await signed(claims, { alg: "ES256", kid: "ec" }, ec.privateKey)),
    "signature_invalid",
  ],
  [
    "an expired token with a wrong signature",
    signed({ ...claims, exp: 1 }, header, otherRsa.privateKey),
    "signature_invalid",
  ],
];

function truncated(token: string, bytes: number): string {
  const at = token.lastIndexOf(".") + 1;
  return token.slice(0, at) + base64url(Buffer.from(token.slice(at), "base64url").subarray(0, bytes));
}

function zeroSignature(token: string): string {
  return token.slice(0, token.lastIndexOf(".") + 1) + base64url(Buffer.alloc(64));
}

describeAttacks("A token with a fault of its shape is refused", shape);
describeAttacks("A token with a fault of its JSON is refused", json);
describeAttacks("A token with a fault of its header is refused", headers);
describeAttacks("A token with a fault of its signature is refused", signatures);

describe("Without a key that could serve", () => {
  it("a kid that only the JWK set by URL could have waits for that set", async () => {
    const place = await community({ keys: [{ jwksUrl: "https://login.acme.example/jwks.json" }] });
    const token = await signed(claims, { alg: "EdDSA", kid: "ed" }, ed.privateKey);
    expect(await refusalCode(() => gate().verifyContactJwt(token, place))).toBe("keyset_unavailable");
    const impossible = await signed(claims, { alg: "EdDSA", kid: "k".repeat(129) }, ed.privateKey);
    expect(await refusalCode(() => gate().verifyContactJwt(impossible, place))).toBe("key_unknown");
    const symmetric = hmac({ alg: "HS256", kid: "ed" }, secret);
    expect(await refusalCode(() => gate().verifyContactJwt(symmetric, place))).toBe("algorithm_not_allowed");
  });

  it("nothing passes where the community has no key", async () => {
    const place = await community({ keys: [] });
    expect(await refusalCode(() => gate().verifyContactJwt(good, place))).toBe("algorithm_not_allowed");
  });
});
