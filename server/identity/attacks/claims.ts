import { withIdentity } from "../fixtures/forging.ts";
import { claims, signed } from "../fixtures/signing.ts";
import { type Attack, atTheGate, type ContactRow } from "./attack.ts";

const missing = (name: string, payload: object, changes?: object): ContactRow =>
  [
    name,
    signed({ exp: claims.exp, ...payload }),
    "identity_missing",
    ...(changes ? ([changes] as const) : []),
  ] as ContactRow;

const absent: readonly ContactRow[] = [
  missing("no identity", {}),
  missing("the identity under sub", { sub: "user-123" }),
  missing("the identity under its name in capitals", { IDENTITY: "user-123" }),
  missing("the identity under its name and a space", { "identity ": "user-123" }),
  missing("the identity under a homoglyph of its name", { іdentity: "user-123" }),
  missing("the identity one level down", { user: { identity: "user-123" } }),
  missing("the identity in extra_values", { extra_values: { identity: "user-123" } }),
  missing("a path where a literal name is meant", { user: { id: "user-123" } }, { identityClaim: "user.id" }),
];

const values: readonly (readonly [name: string, json: string])[] = [
  ["a number", "123"],
  ["a number that other systems read as text", "1e3"],
  ["null", "null"],
  ["true", "true"],
  ["an object", '{"id":"a"}'],
  ["an object that turns into text", '{"toString":"admin"}'],
  ["an array", '["user-123"]'],
  ["an empty array", "[]"],
  ["an array of two", '["user-123","admin"]'],
  ["empty", '""'],
  ["a space", '" "'],
  ["a space behind", '"user-123 "'],
  ["a space in front", '" user-123"'],
  ["a tab behind", '"user-123\\t"'],
  ["a line feed behind", '"user-123\\n"'],
  ["a no-break space in front", '"\u00a0user-123"'],
  ["an ideographic space behind", '"user-123\u3000"'],
  ["a line separator behind", '"user-123\u2028"'],
  ["a byte order mark in front", '"\uFEFFuser-123"'],
  ["a NUL behind", '"user-123\\u0000"'],
  ["a NUL and another identity behind", '"user-123\\u0000admin"'],
  ["a NUL alone", '"\\u0000"'],
  ["a line feed inside", '"user\\n123"'],
  ["a carriage return inside", '"user\\r123"'],
  ["a tab inside", '"user\\t123"'],
  ["a backspace inside", '"admin\\b"'],
  ["an escape sequence inside", '"\\u001b[2Kadmin"'],
  ["a delete character inside", '"user\\u007f123"'],
  ["a C1 control inside", '"user\\u0085123"'],
  ["a high surrogate alone", '"user\\ud800"'],
  ["a low surrogate alone", '"user\\udc00"'],
  ["surrogates in the wrong order", '"\\udc00\\ud800"'],
  ["not NFC: e and an accent", '"e\u0301ve"'],
  ["not NFC: a Kelvin sign for a K", '"user-\u212a"'],
  ["not NFC: an Ångström sign", '"\u212bngstrom"'],
  ["not NFC: an Ohm sign", '"\u2126"'],
  ["not NFC: Hangul in parts", '"\u1112\u1161\u11ab"'],
  ["not NFC: accents in another order", '"a\u0301\u0323"'],
  ["not NFC: a compatibility ideograph", '"\uf900"'],
  ["not NFC, escaped", '"e\\u0301ve"'],
  ["257 bytes", `"${"a".repeat(257)}"`],
  ["86 characters of three bytes", `"${"\u20ac".repeat(86)}"`],
  ["65 characters of four bytes", `"${"😀".repeat(65)}"`],
  ["4,000 characters", `"${"a".repeat(4000)}"`],
];

const issuer = { issuer: "https://acme.example" };
const byIssuer = (name: string, iss: unknown): ContactRow => [
  name,
  signed({ ...claims, iss }),
  "issuer_mismatch",
  issuer,
];

const issuers: readonly ContactRow[] = [
  ["no iss", signed(), "issuer_mismatch", issuer],
  byIssuer("iss with a slash behind", "https://acme.example/"),
  byIssuer("iss with http", "http://acme.example"),
  byIssuer("iss in capitals", "https://ACME.example"),
  byIssuer("iss with a port", "https://acme.example:443"),
  byIssuer("iss that begins like it", "https://acme.example.evil.example"),
  byIssuer("iss that ends like it", "https://evil.example/https://acme.example"),
  byIssuer("iss with a user name", "https://acme.example@evil.example"),
  byIssuer("iss with a homoglyph", "https://аcme.example"),
  byIssuer("iss with a NUL behind", "https://acme.example\0"),
  byIssuer("iss with a space behind", "https://acme.example "),
  byIssuer("iss as an array", ["https://acme.example"]),
  byIssuer("iss as an object", { "https://acme.example": true }),
  byIssuer("an empty iss", ""),
  byIssuer("iss null", null),
  byIssuer("iss true", true),
];

const audience = { audience: "vouch" };
const byAudience = (name: string, aud: unknown): ContactRow => [
  name,
  signed({ ...claims, aud }),
  "audience_mismatch",
  audience,
];

const audiences: readonly ContactRow[] = [
  ["no aud", signed(), "audience_mismatch", audience],
  byAudience("aud of another service", "billing"),
  byAudience("aud in capitals", "Vouch"),
  byAudience("aud that begins like it", "vouch2"),
  byAudience("aud that holds it among words", "billing vouch"),
  byAudience("aud that holds it among commas", "billing,vouch"),
  byAudience("aud with a wildcard", "*"),
  byAudience("an empty aud", ""),
  byAudience("aud null", null),
  byAudience("aud true", true),
  byAudience("no auds", []),
  byAudience("other auds", ["vouch2", "x"]),
  byAudience("auds inside of auds", [["vouch"]]),
  byAudience("aud as an object", { vouch: true }),
  byAudience("aud as an object like an array", { 0: "vouch", length: 1 }),
  [
    "a token for the other of two communities that share a key",
    signed({ ...claims, aud: "globex" }),
    "audience_mismatch",
    { audience: "acme" },
  ],
  [
    "a token that names no audience, between two communities that share a key",
    signed(),
    "audience_mismatch",
    { audience: "acme" },
  ],
];

const once = { singleUseTokens: true };
const ids: readonly ContactRow[] = [
  ["no jti, where tokens are taken once", signed(), "token_malformed", once],
  ...(
    [
      ["an empty jti", ""],
      ["a number as jti", 1],
      ["null as jti", null],
      ["an array as jti", ["a"]],
      ["a jti of 257 characters", "j".repeat(257)],
    ] as const
  ).map(
    ([name, jti]): ContactRow => [
      `${name}, where tokens are taken once`,
      signed({ ...claims, jti }),
      "token_malformed",
      once,
    ],
  ),
];

export const claimAttacks: readonly Attack[] = [
  ...atTheGate("3.8", [
    ...absent,
    ...values.map(
      ([name, json]): ContactRow => [
        `an identity that is or has ${name}`,
        withIdentity(json),
        "identity_invalid",
      ],
    ),
    ...issuers,
  ]),
  ...atTheGate("3.9", audiences),
  ...atTheGate("3.10", ids),
];
