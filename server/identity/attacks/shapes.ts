import { deflateRawSync, gzipSync } from "node:zlib";
import {
  base64url,
  claims,
  header,
  headerText,
  rsa,
  secret,
  signed,
  signedTexts,
} from "../fixtures/signing.ts";
import { type Attack, atTheGate, type ContactRow } from "./attack.ts";

const good = await signed();
const [goodHeader = "", goodPayload = "", goodSignature = ""] = good.split(".");
const claimsText = JSON.stringify(claims);
const malformed = (name: string, token: string): ContactRow => [name, token, "token_malformed"];

/** The next character of the alphabet: the same bytes, where only bits that nobody reads differ. */
function withUnusedBits(part: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1) ?? "") + 1];
}

const mistaken: readonly ContactRow[] = [
  malformed("nothing", ""),
  malformed("a text", "hello"),
  malformed("dots alone", ".."),
  malformed("an unreplaced {{placeholder}}", "{{ user.contactJwt }}"),
  malformed("an unreplaced <% placeholder %>", "<%= contactJwt %>"),
  malformed("an unreplaced %placeholder%", "%CONTACT_JWT%"),
  malformed("an unreplaced placeholder of a template string", "$".concat("{contactJwt}")),
  malformed("the text undefined", "undefined"),
  malformed("the text null", "null"),
  malformed("the text [object Promise]", "[object Promise]"),
  malformed("the whole Authorization header", `Bearer ${good}`),
  malformed("a quoted token", `"${good}"`),
  malformed("a URL-encoded token", `%22${good}%22`),
  malformed("a script", "<script>alert(1)</script>"),
  malformed("a shared token itself", secret),
  malformed("a key", rsa.publicPem),
];

const spelling: readonly ContactRow[] = [
  malformed("a space in front", ` ${good}`),
  malformed("a space behind", `${good} `),
  malformed("a line feed behind", `${good}\n`),
  malformed("a carriage return behind", `${good}\r`),
  malformed("a tab in front", `\t${good}`),
  malformed("a line feed inside of a part", `${good.slice(0, 40)}\n${good.slice(40)}`),
  malformed("a space behind a dot", good.replace(".", ". ")),
  malformed("a NUL behind", `${good}\0`),
  malformed("a NUL inside", `${good.slice(0, 40)}\0${good.slice(40)}`),
  malformed("a byte order mark in front", `\uFEFF${good}`),
  malformed("a zero-width space inside", `${good.slice(0, 40)}\u200b${good.slice(40)}`),
  malformed("a full-width full stop", good.replace(".", "．")),
  malformed("a full-width letter", good.replace("e", "ｅ")),
  malformed("padding behind the signature", `${good}==`),
  malformed("padding behind the header", `${goodHeader}=.${goodPayload}.${goodSignature}`),
  malformed("padding behind the payload", `${goodHeader}.${goodPayload}=.${goodSignature}`),
  malformed("base64 instead of base64url", `${good.slice(0, -4)}+/aA`),
  malformed("a tilde, as of SD-JWT", `${good}~`),
  malformed(
    "unused bits in the header",
    `${withUnusedBits(base64url('{"alg":"RS256"}'))}.${goodPayload}.${goodSignature}`,
  ),
  malformed(
    "unused bits in the payload",
    `${goodHeader}.${withUnusedBits(base64url('{"exp":1}'))}.${goodSignature}`,
  ),
  malformed("unused bits in the signature", `${goodHeader}.${goodPayload}.${withUnusedBits(goodSignature)}`),
  malformed("a header of impossible length", `AAAAA.${goodPayload}.${goodSignature}`),
  malformed("a payload of impossible length", `${goodHeader}.AAAAA.${goodSignature}`),
  malformed("a signature of impossible length", `${goodHeader}.${goodPayload}.AAAAA`),
];

const serializations: readonly ContactRow[] = [
  malformed("one part", goodHeader),
  malformed("two parts", `${goodHeader}.${goodPayload}`),
  malformed("no signature", `${goodHeader}.${goodPayload}.`),
  malformed("no payload, as of a detached one", `${goodHeader}..${goodSignature}`),
  malformed("no header", `.${goodPayload}.${goodSignature}`),
  malformed("four parts", `${good}.AAAA`),
  malformed("an encrypted token (JWE, CVE-2023-51774)", `${goodHeader}.AAAA.AAAA.AAAA.AAAA`),
  malformed("six parts", `${goodHeader}.AAAA.AAAA.AAAA.AAAA.AAAA`),
  malformed("8,000 dots", ".".repeat(8000)),
  malformed("two tokens", `${good}.${good}`),
  malformed("two tokens, separated by a comma", `${good},${good}`),
  malformed(
    "the flattened JSON serialization",
    JSON.stringify({ protected: goodHeader, payload: goodPayload, signature: goodSignature }),
  ),
  malformed(
    "the general JSON serialization",
    JSON.stringify({
      payload: goodPayload,
      signatures: [{ protected: goodHeader, signature: goodSignature }],
    }),
  ),
  malformed(
    "the JSON serialization with an unprotected header",
    JSON.stringify({ header: { alg: "none" }, payload: goodPayload, signature: "" }),
  ),
  malformed("an array of tokens", JSON.stringify([good])),
  malformed("an unencoded payload (RFC 7797)", `${goodHeader}.${claimsText}.${goodSignature}`),
  malformed("an unencoded header", `${headerText}.${goodPayload}.${goodSignature}`),
  malformed(
    "hexadecimal parts with a prefix",
    good
      .split(".")
      .map((part) => `0x${part} `)
      .join("."),
  ),
];

const sizes: readonly ContactRow[] = [
  ["2 MB of header", `${"A".repeat(2_000_000)}.e30.AA`, "token_too_large"],
  ["5 MB of payload", `${goodHeader}.${"A".repeat(5_000_000)}.AA`, "token_too_large"],
  ["5 MB of signature", `${goodHeader}.${goodPayload}.${"A".repeat(5_000_000)}`, "token_too_large"],
  ["8,193 characters", `${good}${"A".repeat(8193 - good.length)}`, "token_too_large"],
  ["8,193 signed characters", signed({ ...claims, x: "a".repeat(6000) }), "token_too_large"],
  ["a million dots", ".".repeat(1_000_000), "token_too_large"],
  [
    "a header of 1,025 bytes",
    signedTexts(`${headerText.slice(0, -1)},"x":"${"a".repeat(1025 - headerText.length - 7)}"}`, claimsText),
    "token_too_large",
  ],
];

/** RFC 8725, section 3.6: what is compressed is never inflated. */
const compressed: readonly ContactRow[] = [
  ["zip", signedTexts(`${headerText.slice(0, -1)},"zip":"DEF"}`, claimsText), "header_not_allowed"],
  [
    "zip, and a deflated payload",
    signedTexts(`${headerText.slice(0, -1)},"zip":"DEF"}`, deflateRawSync(claimsText)),
    "token_malformed",
  ],
  ["a deflated payload without zip", signedTexts(headerText, deflateRawSync(claimsText)), "token_malformed"],
  ["a payload in gzip", signedTexts(headerText, gzipSync(claimsText)), "token_malformed"],
  ["a bomb of a megabyte", signedTexts(headerText, gzipSync(Buffer.alloc(1_000_000))), "token_malformed"],
  ["a header in gzip", signedTexts(gzipSync(JSON.stringify(header)), claimsText), "token_malformed"],
];

export const shapeAttacks: readonly Attack[] = [
  ...atTheGate("3.3", sizes),
  ...atTheGate("3.4", [...mistaken, ...spelling, ...serializations]),
  ...atTheGate("3.6", compressed),
];
