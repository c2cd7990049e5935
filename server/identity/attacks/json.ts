import { withClaim, withIdentity } from "../fixtures/forging.ts";
import { claims, headerText, signed, signedTexts } from "../fixtures/signing.ts";
import { type Attack, atTheGate, type ContactRow } from "./attack.ts";

const claimsText = JSON.stringify(claims);
const payload = (name: string, text: string | Buffer): ContactRow => [
  name,
  signedTexts(headerText, text),
  "token_malformed",
];
const head = (name: string, text: string | Buffer): ContactRow => [
  name,
  signedTexts(text, claimsText),
  "token_malformed",
];
const claim = (name: string, member: string): ContactRow => [name, withClaim(member), "token_malformed"];
const parameter = (name: string, member: string): ContactRow =>
  head(name, `${headerText.slice(0, -1)},${member}}`);
const bytes = (...values: number[]): Buffer => Buffer.from(values);
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

/** RFC 8725, section 3.7. */
const encodings: readonly ContactRow[] = [
  payload("a byte order mark in front of the payload", `\uFEFF${claimsText}`),
  head("a byte order mark in front of the header", `\uFEFF${headerText}`),
  payload("a payload in UTF-16", utf16(claimsText)),
  payload("a payload in UTF-16 with a mark", Buffer.concat([bytes(0xff, 0xfe), utf16(claimsText)])),
  payload("a payload in UTF-16, big-endian", utf16(claimsText).swap16()),
  payload(
    "a payload in UTF-32",
    Buffer.concat([...claimsText].map((character) => bytes(character.charCodeAt(0), 0, 0, 0))),
  ),
  head("a header in UTF-16", utf16(headerText)),
  ["Latin-1", withIdentity(bytes(0x22, 0xe9, 0x22)), "token_malformed"],
  ["a continuation without a beginning", withIdentity(bytes(0x22, 0x80, 0x22)), "token_malformed"],
  ["a beginning without a continuation", withIdentity(bytes(0x22, 0xc3, 0x28, 0x22)), "token_malformed"],
  ["an overlong slash", withIdentity(bytes(0x22, 0xc0, 0xaf, 0x22)), "token_malformed"],
  ["an overlong NUL", withIdentity(bytes(0x22, 0xc0, 0x80, 0x22)), "token_malformed"],
  ["an overlong quotation mark", withIdentity(bytes(0x22, 0xc0, 0xa2, 0x22)), "token_malformed"],
  ["a surrogate in UTF-8", withIdentity(bytes(0x22, 0xed, 0xa0, 0x80, 0x22)), "token_malformed"],
  [
    "a surrogate pair in UTF-8 (CESU-8)",
    withIdentity(bytes(0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x22)),
    "token_malformed",
  ],
  ["a code point above U+10FFFF", withIdentity(bytes(0x22, 0xf4, 0x90, 0x80, 0x80, 0x22)), "token_malformed"],
  ["five bytes", withIdentity(bytes(0x22, 0xf8, 0x88, 0x80, 0x80, 0x80, 0x22)), "token_malformed"],
  [
    "a sequence cut off by the end",
    signedTexts(headerText, Buffer.concat([Buffer.from(claimsText), bytes(0xe2, 0x82)])),
    "token_malformed",
  ],
];

/** Two readers of one text must not see two tokens. */
const twice: readonly ContactRow[] = [
  claim("the identity twice", '"identity":"admin"'),
  claim("the identity twice, once escaped", '"\\u0069dentity":"admin"'),
  claim("the identity twice, the same", '"identity":"user-123"'),
  claim("exp twice", '"exp":9999999999'),
  claim("exp twice, once null", '"exp":null'),
  claim("iat twice", '"iat":0'),
  claim("aud twice", '"aud":"a","aud":"b"'),
  claim("an attribute twice", '"comm100.name":"a","comm100.name":"b"'),
  claim("a nested member twice", '"a":{"b":1,"b":2}'),
  claim("a member twice inside of an array", '"a":[{"b":1,"b":2}]'),
  claim("an empty name twice", '"":1,"":2'),
  claim("a name twice, once by a surrogate pair", '"😀":1,"\\ud83d\\ude00":2'),
  parameter("the algorithm twice", '"alg":"none"'),
  parameter("the algorithm twice, once escaped", '"\\u0061lg":"none"'),
  parameter("the kid twice", '"kid":"rsa-2"'),
  parameter("typ twice", '"typ":"at+jwt"'),
  parameter("crit twice", '"crit":[],"crit":["b64"]'),
];

const prototypes: readonly ContactRow[] = [
  claim("an own __proto__", '"__proto__":{"identity":"admin"}'),
  claim("an escaped __proto__", '"\\u005f_proto__":{"exp":1}'),
  claim("a nested __proto__", '"a":{"__proto__":{"b":1}}'),
  claim("a __proto__ inside of an array", '"a":[{"__proto__":null}]'),
  claim("a __proto__ that is null", '"__proto__":null'),
  parameter("a __proto__ in the header", '"__proto__":{"alg":"none"}'),
  parameter("a nested __proto__ in the header", '"a":{"__proto__":{}}'),
  payload("claims that lie in __proto__ alone", `{"__proto__":${claimsText}}`),
  [
    "an identity inherited from constructor",
    signed({ exp: claims.exp, constructor: { prototype: { identity: "admin" } } }),
    "identity_missing",
  ],
  [
    "an identity named like a method",
    signed({ exp: claims.exp }),
    "identity_missing",
    { identityClaim: "toString" },
  ],
  [
    "an identity named like another method",
    signed({ exp: claims.exp }),
    "identity_missing",
    { identityClaim: "hasOwnProperty" },
  ],
];

const documents: readonly (readonly [name: string, text: string])[] = [
  ["nothing", " "],
  ["no JSON", "identity=user-123"],
  ["an array", "[]"],
  ["an array that holds it", `[${claimsText}]`],
  ["a string", '"user-123"'],
  ["a string that holds it", JSON.stringify(claimsText)],
  ["a number", "1"],
  ["null", "null"],
  ["true", "true"],
  ["a comma at the end", `${claimsText.slice(0, -1)},}`],
  ["a comment behind", `${claimsText}/**/`],
  ["a comment in front", `//\n${claimsText}`],
  ["two documents", `${claimsText}${claimsText}`],
  ["a NUL behind", `${claimsText}\0`],
  ["a NUL in front", `\0${claimsText}`],
  ["a no-break space in front", `\u00a0${claimsText}`],
  ["a form feed in front", `\f${claimsText}`],
  ["no end", claimsText.slice(0, -1)],
  ["apostrophes", claimsText.replaceAll('"', "'")],
  ["names without quotation marks", claimsText.replace(/"(\w+)":/g, "$1:")],
  ["a prefix against hijacking", `)]}'\n${claimsText}`],
];

const values: readonly ContactRow[] = [
  ...[
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "0x10",
    "010",
    "+1",
    ".5",
    "1.",
    "1e",
    "TRUE",
    "1_000",
    "10n",
    '"\n"',
    '"\\x41"',
    '"\\u12"',
    '"a',
  ].map((value) => claim(`the value ${JSON.stringify(value)}`, `"a":${value}`)),
  claim("nine levels", `"a":${"[".repeat(8)}${"]".repeat(8)}`),
  claim("nine levels of objects", `"a":${'{"a":'.repeat(8)}1${"}".repeat(8)}`),
  claim("a thousand levels", `"a":${"[".repeat(1000)}${"]".repeat(1000)}`),
  claim("a thousand levels that never close", `"a":${"[".repeat(1000)}`),
  parameter("nine levels in the header", `"a":${"[".repeat(8)}${"]".repeat(8)}`),
];

export const jsonAttacks: readonly Attack[] = [
  ...atTheGate("3.7", encodings),
  ...atTheGate("3.10", [...twice, ...prototypes]),
  ...atTheGate("3.4", [
    ...documents.map(([name, text]) => payload(`a payload that is ${name}`, text)),
    ...documents
      .filter(([name]) => !name.startsWith("an array that"))
      .map(([name, text]) => head(`a header that is ${name}`, text.replace(claimsText, headerText))),
    ...values,
  ]),
];
