import { createPublicKey } from "node:crypto";
import { hmac } from "../fixtures/forging.ts";
import {
  base64url,
  claims,
  header,
  type KeyPair,
  keyPair,
  rsa,
  secret,
  signed,
  signedTexts,
} from "../fixtures/signing.ts";
import { publicKeyAlgorithms } from "../public-key.ts";
import { type Attack, atTheGate, type ContactRow, type Token } from "./attack.ts";

const claimsText = JSON.stringify(claims);
const unsigned = (alg: string, signature: string): string =>
  `${base64url(JSON.stringify({ alg, typ: "JWT" }))}.${base64url(claimsText)}.${signature}`;

const pairs = new Map<string, KeyPair>(publicKeyAlgorithms.map((alg) => [alg, keyPair(alg)]));
const pairOf = (alg: string): KeyPair => pairs.get(alg) ?? rsa;
const isRsa = (alg: string): boolean => /^[RP]S/.test(alg);

/** A community with one key, of one algorithm. */
const only = (alg: string): object => ({
  keys: [alg === "HS256" ? { kid: "k", alg, secret } : { kid: "k", alg, publicKey: pairOf(alg).publicPem }],
});

/** The best that somebody can do who wants the key of one algorithm taken for a key of another. */
function confused(configured: string, claimed: string): Token {
  const head = { alg: claimed, kid: "k" };
  if (claimed === "HS256") return hmac(head, pairOf(configured).publicPem);
  const signer = isRsa(configured) && isRsa(claimed) ? configured : claimed;
  return () => signed(claims, head, pairOf(signer).privateKey);
}

const all = ["HS256", ...publicKeyAlgorithms];

const everyPair: readonly ContactRow[] = all.flatMap((configured) =>
  all
    .filter((claimed) => claimed !== configured)
    .map(
      (claimed): ContactRow => [
        `a token of ${claimed} for a key of ${configured}`,
        confused(configured, claimed),
        "algorithm_not_allowed",
        only(configured),
      ],
    ),
);

const pem = rsa.publicPem;
const publicForms: readonly (readonly [name: string, key: string | Buffer])[] = [
  ["PEM", pem],
  ["PEM without the line feed at its end", pem.trim()],
  ["PEM with carriage returns", pem.replaceAll("\n", "\r\n")],
  ["DER", createPublicKey(pem).export({ type: "spki", format: "der" })],
  ["PKCS #1", createPublicKey(pem).export({ type: "pkcs1", format: "pem" })],
  ["JWK", JSON.stringify(createPublicKey(pem).export({ format: "jwk" }))],
  ["modulus", String(createPublicKey(pem).export({ format: "jwk" }).n)],
];

const publicAsSecret: readonly ContactRow[] = publicForms.flatMap(([name, key]): ContactRow[] => [
  [
    `the public key (${name}) as HMAC secret, under its own kid`,
    hmac({ alg: "HS256", kid: "rsa" }, key),
    "algorithm_not_allowed",
  ],
  [
    `the public key (${name}) as HMAC secret, under the shared token's kid`,
    hmac({ alg: "HS256", kid: "shared" }, key),
    "signature_invalid",
  ],
  [
    `the public key (${name}) as HMAC secret, without a kid`,
    hmac({ alg: "HS256" }, key),
    "algorithm_not_allowed",
    { keys: [{ kid: "rsa", alg: "RS256", publicKey: pem }] },
  ],
]);

const [head = ""] = (await signed()).split(".");

const none: readonly ContactRow[] = [
  ...["none", "None", "NONE", "nOnE", "noNe"].map(
    (alg): ContactRow => [`alg ${alg}`, unsigned(alg, "AAAA"), "algorithm_not_allowed"],
  ),
  ["alg none and no signature", unsigned("none", ""), "token_malformed"],
  ["alg none and two parts", unsigned("none", "").slice(0, -1), "token_malformed"],
  ["alg none behind a space", unsigned(" none", "AAAA"), "algorithm_not_allowed"],
  ["alg none with a NUL", unsigned("none\0", "AAAA"), "algorithm_not_allowed"],
  ["alg none, truly signed", signedTexts('{"alg":"none","kid":"rsa"}', claimsText), "algorithm_not_allowed"],
  ["no signature under a good header", `${head}.${base64url(claimsText)}.`, "token_malformed"],
];

const forms: readonly ContactRow[] = [
  ["no alg", signedTexts('{"kid":"rsa"}', claimsText), "algorithm_not_allowed"],
  ...['""', '["RS256"]', '{"name":"RS256"}', "null", "256", "true"].map(
    (alg): ContactRow => [
      `alg ${alg}`,
      signedTexts(`{"alg":${alg},"kid":"rsa"}`, claimsText),
      "algorithm_not_allowed",
    ],
  ),
  ...[
    "rs256",
    "Rs256",
    "RS256 ",
    " RS256",
    "RS256\\u0000",
    "ＲＳ256",
    "RS257",
    "toString",
    "__proto__",
    "constructor",
    "HMAC",
    "SHA256",
    "RSA",
    "RS256,HS256",
  ].map(
    (alg): ContactRow => [
      `alg “${alg}”`,
      signedTexts(`{"alg":"${alg}","kid":"rsa"}`, claimsText),
      "algorithm_not_allowed",
    ],
  ),
];

/** RFC 8725, section 3.2: what is weak, obsolete, or for something else. */
const others: readonly ContactRow[] = [
  ...[
    "HS1",
    "HS384",
    "HS512",
    "RS1",
    "RS384",
    "PS384",
    "PS512",
    "ES256K",
    "ES384",
    "ES512",
    "Ed25519",
    "Ed448",
    "ML-DSA-44",
  ].map(
    (alg): ContactRow => [
      `the algorithm ${alg}`,
      signedTexts(`{"alg":"${alg}","kid":"rsa"}`, claimsText),
      "algorithm_not_allowed",
    ],
  ),
  ...["dir", "A128KW", "RSA1_5", "RSA-OAEP", "ECDH-ES", "PBES2-HS256+A128KW", "A256GCM"].map(
    (alg): ContactRow => [
      `the algorithm of encryption ${alg}`,
      signedTexts(`{"alg":"${alg}","enc":"A256GCM","kid":"rsa"}`, claimsText),
      "algorithm_not_allowed",
    ],
  ),
  [
    "PBES2 with 2 billion iterations",
    signedTexts('{"alg":"PBES2-HS512+A256KW","p2c":2147483647,"p2s":"AA","kid":"rsa"}', claimsText),
    "algorithm_not_allowed",
  ],
  [
    "an algorithm of another key of the community",
    signed(claims, { ...header, alg: "PS256" }),
    "algorithm_not_allowed",
  ],
];

export const algorithmAttacks: readonly Attack[] = [
  ...atTheGate("3.1", [...none, ...forms, ...everyPair, ...publicAsSecret]),
  ...atTheGate("3.2", others),
];
