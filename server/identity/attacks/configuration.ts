import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { certificatePem } from "../fixtures/certificate.ts";
import { ec, ed, nowSeconds, rsa } from "../fixtures/signing.ts";
import { type Attack, inTheConfiguration } from "./attack.ts";

/** Keys that would let others in: RFC 8725, sections 3.2, 3.4 and 3.5. */

const shared = (secret: string): object => ({ keys: [{ kid: "s", alg: "HS256", secret }] });
const set = (...keys: object[]): object => ({ keys: [{ jwks: { keys } }] });
const pem = (publicKey: unknown, alg = "RS256"): object => ({ keys: [{ kid: "k", alg, publicKey }] });

const jwkOf = (text: string): Record<string, unknown> => createPublicKey(text).export({ format: "jwk" });
const rsaJwk = { ...jwkOf(rsa.publicPem), kid: "k" };
const ecJwk = { ...jwkOf(ec.publicPem), kid: "k" };
const edJwk = { ...jwkOf(ed.publicPem), kid: "k" };

const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey;
const privatePem = rsa.privateKey.export({ type: "pkcs8", format: "pem" });
const spki = { type: "spki", format: "pem" } as const;
const even = Buffer.from(String(jwkOf(rsa.publicPem).n), "base64url");
even[even.length - 1] = (even.at(-1) ?? 0) & 0xfe;

const secrets: readonly (readonly [name: string, secret: string])[] = [
  ["empty (CVE-2026-45363)", ""],
  ["one byte", "x"],
  ["31 bytes", "q8Zr2LkV0sXw4TnB7yHc1JdMf6GpEaU"],
  ["the word secret", "secret"],
  ["a PEM", rsa.publicPem],
  ["a PEM behind white space (CVE-2026-34950)", `\n \t${rsa.publicPem}`],
  ["a PEM behind a byte order mark", `\uFEFF${rsa.publicPem}`],
  ["a certificate", certificatePem(rsa, nowSeconds * 1000 - 1, nowSeconds * 1000 + 1e9)],
  ["a JWK", JSON.stringify(edJwk)],
  ["a JWK set", JSON.stringify({ keys: [rsaJwk] })],
  [
    "a public key in bare base64",
    createPublicKey(rsa.publicPem).export({ type: "spki", format: "der" }).toString("base64"),
  ],
  ["an SSH key", `ssh-ed25519 ${randomBytes(51).toString("base64")}`],
  ["one character over and over", "x".repeat(64)],
  ["spaces", " ".repeat(64)],
  ["one word over and over", "Tr0ub4dor&3-".repeat(4)],
  ["two characters", "0110100101101001011010010110100101101000"],
  ["a count", "0123456789abcdefghijklmnopqrstuv"],
  ["jwt.io's example", "a-string-secret-at-least-256-bits-long"],
  ["jwt.io's example in capitals", "A-STRING-SECRET-AT-LEAST-256-BITS-LONG"],
  ["a product's example", "super-secret-jwt-token-with-at-least-32-characters-long"],
  [
    "RFC 7515's example",
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
  ],
  ["ended by a line feed", `${randomBytes(32).toString("hex")}\n`],
  ["not Unicode", `${randomBytes(32).toString("hex")}\ud800`],
];

export const configurationAttacks: readonly Attack[] = [
  ...inTheConfiguration(
    "3.5",
    secrets.map(([name, secret]) => [`a shared token that is ${name}`, shared(secret), "keys[0].secret"]),
  ),
  ...inTheConfiguration("3.5", [
    ["an RSA key of 1,024 bits", pem(small.export(spki)), "keys[0].publicKey"],
    [
      "an RSA key of 1,024 bits in a set",
      set({ ...small.export({ format: "jwk" }), kid: "k" }),
      "keys[0].jwks.keys[0].n",
    ],
    ["an RSA key with e = 1: anybody signs", set({ ...rsaJwk, e: "AQ" }), "keys[0].jwks.keys[0].e"],
    ["an RSA key with e = 3", set({ ...rsaJwk, e: "Aw" }), "keys[0].jwks.keys[0].e"],
    ["an RSA key with an even exponent", set({ ...rsaJwk, e: "AQAC" }), "keys[0].jwks.keys[0].e"],
    ["an RSA key with e = 0", set({ ...rsaJwk, e: "AA" }), "keys[0].jwks.keys[0].e"],
    [
      "an RSA key with an even modulus",
      set({ ...rsaJwk, n: even.toString("base64url") }),
      "keys[0].jwks.keys[0].n",
    ],
    [
      "an RSA key of 16,384 bits, slow to verify",
      set({ ...rsaJwk, n: Buffer.alloc(2048, 0xff).toString("base64url") }),
      "keys[0].jwks.keys[0].n",
    ],
  ]),
  ...inTheConfiguration("3.4", [
    [
      "a point that is not on the curve",
      set({ ...ecJwk, y: Buffer.alloc(32, 1).toString("base64url") }),
      "keys[0].jwks.keys[0]",
    ],
    [
      "the point at infinity",
      set({ ...ecJwk, x: Buffer.alloc(32).toString("base64url"), y: Buffer.alloc(32).toString("base64url") }),
      "keys[0].jwks.keys[0]",
    ],
    ["a private PEM", pem(privatePem), "keys[0].publicKey"],
    [
      "a private JWK",
      set({ ...rsa.privateKey.export({ format: "jwk" }), kid: "k" }),
      "keys[0].jwks.keys[0].d",
    ],
    [
      "two PEM blocks, one of them an attacker's",
      pem(`${rsa.publicPem}${ec.publicPem}`),
      "keys[0].publicKey",
    ],
    [
      "an expired certificate",
      pem(certificatePem(rsa, nowSeconds * 1000 - 1e9, nowSeconds * 1000 - 1)),
      "keys[0].publicKey",
    ],
    [
      "a certificate of the future",
      pem(certificatePem(rsa, nowSeconds * 1000 + 1e6, nowSeconds * 1000 + 1e9)),
      "keys[0].publicKey",
    ],
  ]),
  ...inTheConfiguration("3.2", [
    ["an EC key for RS256", pem(ec.publicPem), "keys[0].publicKey"],
    ["an RSA key for ES256", pem(rsa.publicPem, "ES256"), "keys[0].publicKey"],
    ["a key on P-384 for ES256", pem(p384.export(spki), "ES256"), "keys[0].publicKey"],
    ["a key on secp256k1 for ES256", pem(koblitz.export(spki), "ES256"), "keys[0].publicKey"],
    [
      "a symmetric key in a set",
      set({ kty: "oct", k: randomBytes(32).toString("base64url"), kid: "k" }),
      "keys[0].jwks.keys[0].kty",
    ],
    [
      "a key for encryption by its operations",
      set({ ...rsaJwk, key_ops: ["encrypt"] }),
      "keys[0].jwks.keys[0].key_ops",
    ],
    [
      "a key with an algorithm of encryption",
      set({ ...rsaJwk, alg: "RSA-OAEP" }),
      "keys[0].jwks.keys[0].alg",
    ],
    ["a key with alg none", set({ ...rsaJwk, alg: "none" }), "keys[0].jwks.keys[0].alg"],
    [
      "a public key for HS256",
      { keys: [{ kid: "k", alg: "HS256", publicKey: rsa.publicPem }] },
      "keys[0].alg",
    ],
  ]),
  ...inTheConfiguration("3.1", [
    [
      "two keys of one kid",
      {
        keys: [
          { kid: "k", alg: "RS256", publicKey: rsa.publicPem },
          { kid: "k", alg: "ES256", publicKey: ec.publicPem },
        ],
      },
      "keys[1].kid",
    ],
    [
      "a kid with a control character",
      { keys: [{ kid: "k\0", alg: "RS256", publicKey: rsa.publicPem }] },
      "keys[0].kid",
    ],
  ]),
  ...inTheConfiguration("3.8", [
    ...["__proto__", "constructor", "prototype", "a b", "1d", ""].map(
      (identityClaim) =>
        [`the claim “${identityClaim}” as identity`, { identityClaim }, "identityClaim"] as const,
    ),
  ]),
];
