import { createPublicKey } from "node:crypto";
import { certificateDer } from "../fixtures/certificate.ts";
import { hmac } from "../fixtures/forging.ts";
import {
  claims,
  ec,
  ed,
  header,
  headerText,
  keyPair,
  nowSeconds,
  secret,
  signed,
  signedTexts,
} from "../fixtures/signing.ts";
import { type Attack, atTheGate, type ContactRow } from "./attack.ts";

const claimsText = JSON.stringify(claims);
const mallory = keyPair("RS256");
const jwk = JSON.stringify(createPublicKey(mallory.publicPem).export({ format: "jwk" }));
const x5c = JSON.stringify([certificateDer(mallory, nowSeconds * 1000 - 1, nowSeconds * 1000 + 1e9)]);

const withHeader = (member: string): string =>
  signedTexts(`${headerText.slice(0, -1)},${member}}`, claimsText);
const refused = (name: string, member: string): ContactRow => [
  name,
  withHeader(member),
  "header_not_allowed",
];

/** Signed by Mallory, who sends the key along. */
const bringing = (more: object): Promise<string> =>
  signed(claims, { ...header, ...more } as typeof header, mallory.privateKey);

const ownKeys: readonly ContactRow[] = [
  ["its own key as jwk (CVE-2018-0114)", bringing({ jwk: JSON.parse(jwk) }), "header_not_allowed"],
  ["its own certificate as x5c", bringing({ x5c: JSON.parse(x5c) }), "header_not_allowed"],
  refused("its own certificate, short", '"x5c":["MIIB"]'),
  refused("a symmetric jwk", '"jwk":{"kty":"oct","k":"AAAA"}'),
  refused("an empty jwk", '"jwk":{}'),
  refused("jwk null", '"jwk":null'),
  refused("an empty x5c", '"x5c":[]'),
  ...[
    "https://evil.example/jwks.json",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:8080/api/v1/admin/communities",
    "file:///etc/passwd",
    "data:application/json,{}",
    "//evil.example",
    "https://login.acme.example@evil.example/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
  ].map(
    (url): ContactRow => [
      "an address of keys as jku: ".concat(url),
      withHeader(`"jku":"${url}"`),
      "header_not_allowed",
    ],
  ),
  refused("jku null", '"jku":null'),
  refused("an address of certificates as x5u", '"x5u":"https://evil.example/c"'),
  refused("an address of certificates in the network, as x5u", '"x5u":"http://10.0.0.1/c.pem"'),
];

const extensions: readonly ContactRow[] = [
  refused("crit", '"crit":["exp"]'),
  refused("an unknown critical extension (CVE-2025-59420)", '"crit":["bork"],"bork":true'),
  refused("an empty crit", '"crit":[]'),
  refused("crit as text", '"crit":"exp"'),
  refused("crit null", '"crit":null'),
  refused("b64 false without crit (RFC 7797)", '"b64":false'),
  refused("b64 false with crit", '"crit":["b64"],"b64":false'),
  refused("b64 true", '"b64":true'),
  refused("cty, a nested token", '"cty":"JWT"'),
  refused("cty text", '"cty":"text/plain"'),
  refused("zip null", '"zip":null'),
];

const unknownKids = [
  "rsa-3",
  "RSA",
  "Rsa",
  "rsa ",
  " rsa",
  "rsa.",
  "rsa,ec",
  "rsa*",
  ".*",
  "%72sa",
  "r%00sa",
  "../../dev/null",
  "/dev/null",
  "..\\..\\windows\\win.ini",
  "file:///etc/passwd",
  "http://169.254.169.254/",
  "https://evil.example/key.pem",
  "' OR '1'='1",
  "x' UNION SELECT 'secret' --",
  '"; DROP TABLE session; --',
  "$(id)",
  "`id`",
  "| id",
  "*)(uid=*))(|(uid=*",
  "{{7*7}}",
  "$".concat("{7*7}"),
  "<img src=x onerror=alert(1)>",
  "undefined",
  "null",
  "0",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "ｒｓａ",
  "rѕa",
  "rsá",
  "😀".repeat(10),
] as const;

const kids: readonly ContactRow[] = [
  ...unknownKids.map(
    (kid): ContactRow => [`the kid ${kid}`, signed(claims, { ...header, kid }), "key_unknown"],
  ),
  ...(
    [
      ["an empty kid", ""],
      ["a kid of 129 characters", "k".repeat(129)],
      ["a kid with a NUL behind", "rsa\0"],
      ["a kid with a NUL and a path", "rsa\0../../key"],
      ["a kid with a line feed", "rsa\n"],
      ["a kid that forges a log line", 'rsa\n{"event":"ok"}'],
      ["a kid with an escape sequence", "\u001b[31mrsa"],
      ["a kid with a zero-width space", "r\u200bsa"],
      ["a kid that is written right to left", "\u202easr"],
      ["a kid with a no-break space", "rsa\u00a0"],
      ["a kid with a byte order mark", "\uFEFFrsa"],
      ["a kid with a lone surrogate", "rsa\ud800"],
    ] as const
  ).map(
    ([name, kid]): ContactRow => [
      name,
      signedTexts(`{"alg":"RS256","kid":${JSON.stringify(kid)}}`, claimsText),
      "key_unknown",
    ],
  ),
  ...["1", "1.5", "null", "true", '["rsa"]', '{"kid":"rsa"}', '{"toString":1}'].map(
    (kid): ContactRow => [
      `the kid ${kid}, no text`,
      signedTexts(`{"alg":"RS256","kid":${kid}}`, claimsText),
      "token_malformed",
    ],
  ),
  ["a kid of 900 characters", signed(claims, { ...header, kid: "k".repeat(900) }), "key_unknown"],
  ["no kid, where two keys could serve", signed(claims, { alg: "RS256" }), "key_id_required"],
];

const remote = { keys: [{ jwksUrl: "https://login.acme.example/jwks.json" }] };
const edByName = { alg: "EdDSA", kid: "ed" };

const places: readonly ContactRow[] = [
  [
    "a kid that only a JWK set out of reach could have",
    signed(claims, edByName, ed.privateKey),
    "keyset_unavailable",
    remote,
  ],
  [
    "no kid, where a JWK set could have the key",
    signed(claims, { alg: "EdDSA" }, ed.privateKey),
    "key_id_required",
    remote,
  ],
  [
    "an impossible kid, where a set would be asked",
    signed(claims, { ...edByName, kid: "k".repeat(129) }, ed.privateKey),
    "key_unknown",
    remote,
  ],
  [
    "a shared token, where a set would be asked",
    hmac({ alg: "HS256", kid: "ed" }, secret),
    "algorithm_not_allowed",
    remote,
  ],
  ["a community without a key", signed(), "algorithm_not_allowed", { keys: [] }],
  [
    "another community's key of the same kid",
    signed(claims, { alg: "ES256", kid: "ec" }, ec.privateKey),
    "signature_invalid",
    { id: "other", keys: [{ kid: "ec", alg: "ES256", publicKey: keyPair("ES256").publicPem }] },
  ],
  [
    "another community's key of the same algorithm, without a kid",
    signed(claims, { alg: "ES256" }, ec.privateKey),
    "signature_invalid",
    { id: "other", keys: [{ kid: "ec", alg: "ES256", publicKey: keyPair("ES256").publicPem }] },
  ],
  [
    "another community's key of another algorithm",
    signed(),
    "algorithm_not_allowed",
    { id: "other", keys: [{ kid: "rsa", alg: "EdDSA", publicKey: ed.publicPem }] },
  ],
  [
    "another community's kid",
    signed(),
    "key_unknown",
    { id: "other", keys: [{ kid: "other-rsa", alg: "RS256", publicKey: mallory.publicPem }] },
  ],
];

export const headerAttacks: readonly Attack[] = [
  ...atTheGate("3.10", [...ownKeys, ...extensions, ...kids]),
  ...atTheGate("3.8", places),
];
