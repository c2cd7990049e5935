import { constants, createHmac, hash, sign } from "node:crypto";
import { hmac } from "../fixtures/forging.ts";
import {
  base64url,
  claims,
  ec,
  ed,
  header,
  headerText,
  keyPair,
  otherRsa,
  rsa,
  secret,
  signed,
} from "../fixtures/signing.ts";
import { type Attack, atTheGate, type ContactRow, type Token } from "./attack.ts";

const claimsText = JSON.stringify(claims);
const good = await signed();
const [goodHeader = "", goodPayload = "", goodSignature = ""] = good.split(".");
const edPlace = { keys: [{ kid: "ed", alg: "EdDSA", publicKey: ed.publicPem }] };

const inputOf = (head: object): string => `${base64url(JSON.stringify(head))}.${base64url(claimsText)}`;
const rsaInput = `${base64url(headerText)}.${base64url(claimsText)}`;
const ecInput = inputOf({ alg: "ES256", kid: "ec" });
const edInput = inputOf({ alg: "EdDSA", kid: "ed" });
const sharedInput = inputOf({ alg: "HS256", kid: "shared" });

const joined = (input: string, signature: Buffer): string => `${input}.${signature.toString("base64url")}`;
const bytesOf = (token: string): Buffer => Buffer.from(token.slice(token.lastIndexOf(".") + 1), "base64url");

/** The token with its signature changed. */
const altered =
  (token: string | Promise<string>, change: (signature: Buffer) => Buffer): Token =>
  async () => {
    const text = await token;
    return joined(text.slice(0, text.lastIndexOf(".")), change(bytesOf(text)));
  };

const big = (value: bigint, bytes: number): Buffer =>
  Buffer.from(value.toString(16).padStart(bytes * 2, "0"), "hex");
const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ed25519Order = 2n ** 252n + 27742317777372353535851937790883648493n;
const ecToken = signed(claims, { alg: "ES256", kid: "ec" }, ec.privateKey);
const edToken = signed(claims, { alg: "EdDSA", kid: "ed" }, ed.privateKey);
const sharedToken = hmac({ alg: "HS256", kid: "shared" }, secret);

/** S + L: the equation still holds, the encoding is not the only one any more (RFC 8032, section 5.1.7). */
function plusOrder(signature: Buffer): Buffer {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`);
  return Buffer.concat([signature.subarray(0, 32), big(s + ed25519Order, 32).reverse()]);
}

const flipped =
  (at: number) =>
  (signature: Buffer): Buffer => {
    const changed = Buffer.from(signature);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  };

const mac = (input: string, key: string, digest = "sha256"): Buffer =>
  createHmac(digest, key).update(input).digest();

const strangers: readonly ContactRow[] = [
  ["another key's signature", signed(claims, header, otherRsa.privateKey), "signature_invalid"],
  ["a stranger's signature", () => signed(claims, header, keyPair("RS256").privateKey), "signature_invalid"],
  [
    "a changed payload",
    `${goodHeader}.${base64url(claimsText.replace("user-123", "user-124"))}.${goodSignature}`,
    "signature_invalid",
  ],
  [
    "a header with one member more",
    `${base64url(`${headerText.slice(0, -1)},"x":1}`)}.${goodPayload}.${goodSignature}`,
    "signature_invalid",
  ],
  [
    "the signature of another token",
    async () =>
      `${goodHeader}.${goodPayload}.${(await signed({ ...claims, identity: "user-9" })).split(".")[2]}`,
    "signature_invalid",
  ],
  [
    "an expired token with a wrong signature",
    signed({ ...claims, exp: 1 }, header, otherRsa.privateKey),
    "signature_invalid",
  ],
  [
    "a signature over the payload alone",
    joined(rsaInput, sign("sha256", Buffer.from(claimsText), rsa.privateKey)),
    "signature_invalid",
  ],
  [
    "a signature over the texts before encoding (RFC 7797)",
    joined(rsaInput, sign("sha256", Buffer.from(`${base64url(headerText)}.${claimsText}`), rsa.privateKey)),
    "signature_invalid",
  ],
];

const rsaForms: readonly ContactRow[] = [
  ["RSA: SHA-1", joined(rsaInput, sign("sha1", Buffer.from(rsaInput), rsa.privateKey)), "signature_invalid"],
  [
    "RSA: SHA-512 under RS256",
    joined(rsaInput, sign("sha512", Buffer.from(rsaInput), rsa.privateKey)),
    "signature_invalid",
  ],
  [
    "RSA: PSS under RS256",
    joined(
      rsaInput,
      sign("sha256", Buffer.from(rsaInput), {
        key: rsa.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
      }),
    ),
    "signature_invalid",
  ],
  ["RSA: zero", altered(good, (own) => Buffer.alloc(own.length)), "signature_invalid"],
  ["RSA: one", altered(good, (own) => big(1n, own.length)), "signature_invalid"],
  ["RSA: the modulus or more", altered(good, (own) => Buffer.alloc(own.length, 0xff)), "signature_invalid"],
  ["RSA: a byte short", altered(good, (own) => own.subarray(1)), "signature_invalid"],
  ["RSA: a zero in front", altered(good, (own) => Buffer.concat([Buffer.of(0), own])), "signature_invalid"],
  ["RSA: a byte behind", altered(good, (own) => Buffer.concat([own, Buffer.of(0)])), "signature_invalid"],
  ["RSA: one bit changed", altered(good, flipped(100)), "signature_invalid"],
];

const shared: readonly ContactRow[] = [
  ...[1, 8, 16, 31].map(
    (size): ContactRow => [
      `HMAC: ${size} bytes of it`,
      altered(sharedToken, (own) => own.subarray(0, size)),
      "signature_invalid",
    ],
  ),
  [
    "HMAC: a byte behind",
    altered(sharedToken, (own) => Buffer.concat([own, Buffer.of(0)])),
    "signature_invalid",
  ],
  ["HMAC: zeros", altered(sharedToken, () => Buffer.alloc(32)), "signature_invalid"],
  ["HMAC: an empty secret (CVE-2026-45363)", hmac({ alg: "HS256", kid: "shared" }, ""), "signature_invalid"],
  ["HMAC: the secret “secret”", hmac({ alg: "HS256", kid: "shared" }, "secret"), "signature_invalid"],
  ["HMAC: the kid as secret", hmac({ alg: "HS256", kid: "shared" }, "shared"), "signature_invalid"],
  ["HMAC: the secret of a single NUL", hmac({ alg: "HS256", kid: "shared" }, "\0"), "signature_invalid"],
  [
    "HMAC: the secret and two bytes more",
    hmac({ alg: "HS256", kid: "shared" }, `${secret}\0x`),
    "signature_invalid",
  ],
  ["HMAC: half the secret", hmac({ alg: "HS256", kid: "shared" }, secret.slice(0, 32)), "signature_invalid"],
  [
    "HMAC: the hash of the secret, in hexadecimal, as secret",
    hmac({ alg: "HS256", kid: "shared" }, hash("sha256", secret)),
    "signature_invalid",
  ],
  [
    "HMAC: SHA-512 cut to 32 bytes",
    joined(sharedInput, mac(sharedInput, secret, "sha512").subarray(0, 32)),
    "signature_invalid",
  ],
  [
    "HMAC: in hexadecimal",
    joined(sharedInput, Buffer.from(mac(sharedInput, secret).toString("hex"))),
    "signature_invalid",
  ],
];

const curves: readonly ContactRow[] = [
  ["ECDSA: zeros (CVE-2022-21449)", altered(ecToken, () => Buffer.alloc(64)), "signature_invalid"],
  [
    "ECDSA: r = 0",
    altered(ecToken, (own) => Buffer.concat([Buffer.alloc(32), own.subarray(32)])),
    "signature_invalid",
  ],
  [
    "ECDSA: s = 0",
    altered(ecToken, (own) => Buffer.concat([own.subarray(0, 32), Buffer.alloc(32)])),
    "signature_invalid",
  ],
  [
    "ECDSA: r = s = n",
    altered(ecToken, () => Buffer.concat([big(p256Order, 32), big(p256Order, 32)])),
    "signature_invalid",
  ],
  [
    "ECDSA: r = n, s = 1",
    altered(ecToken, () => Buffer.concat([big(p256Order, 32), big(1n, 32)])),
    "signature_invalid",
  ],
  [
    "ECDSA: r and s exchanged",
    altered(ecToken, (own) => Buffer.concat([own.subarray(32), own.subarray(0, 32)])),
    "signature_invalid",
  ],
  [
    "ECDSA: in DER",
    joined(ecInput, sign("sha256", Buffer.from(ecInput), ec.privateKey)),
    "signature_invalid",
  ],
  [
    "ECDSA: 96 bytes, as of P-384",
    altered(ecToken, (own) => Buffer.concat([own, Buffer.alloc(32)])),
    "signature_invalid",
  ],
  ["ECDSA: 63 bytes", altered(ecToken, (own) => own.subarray(1)), "signature_invalid"],
  [
    "ECDSA: SHA-384",
    joined(ecInput, sign("sha384", Buffer.from(ecInput), { key: ec.privateKey, dsaEncoding: "ieee-p1363" })),
    "signature_invalid",
  ],
  ["EdDSA: zeros", altered(edToken, () => Buffer.alloc(64)), "signature_invalid", edPlace],
  ["EdDSA: S + L", altered(edToken, plusOrder), "signature_invalid", edPlace],
  [
    "EdDSA: the neutral element and S = 0",
    altered(edToken, () => Buffer.concat([Buffer.of(1), Buffer.alloc(63)])),
    "signature_invalid",
    edPlace,
  ],
  [
    "EdDSA: 65 bytes",
    altered(edToken, (own) => Buffer.concat([own, Buffer.of(0)])),
    "signature_invalid",
    edPlace,
  ],
  [
    "EdDSA: another key",
    joined(edInput, sign(null, Buffer.from(edInput), keyPair("EdDSA").privateKey)),
    "signature_invalid",
    edPlace,
  ],
];

export const signatureAttacks: readonly Attack[] = atTheGate("3.3", [
  ...strangers,
  ...rsaForms,
  ...shared,
  ...curves,
]);
