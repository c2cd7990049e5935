import { createHmac, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { globexSigner, report, resultOf } from "../fixtures/checking.ts";
import { hmac } from "../fixtures/forging.ts";
import {
  base64url,
  claims,
  community,
  communityFile,
  ec,
  ed,
  header,
  otherRsa,
  rsa,
  secret,
  signed,
} from "../fixtures/signing.ts";

const acme = await community();
const globex = await community({
  id: "globex",
  keys: [{ kid: "globex-1", alg: "RS256", publicKey: globexSigner.publicPem }],
});
const other = await signed(claims, header, otherRsa.privateKey);
const elsewhere = await signed(claims, header, globexSigner.privateKey);

const told = async (token: string, place = acme) => {
  const result = resultOf(await report(token, place, { others: [globex] }), "signature");
  expect(result.passed).toBe(false);
  return result;
};

describe("A signature of another key", () => {
  const shared = { alg: "HS256", kid: "shared" };
  const body = base64url(JSON.stringify(claims));
  const over = (head: object, make: (input: string) => Buffer): string => {
    const input = `${base64url(JSON.stringify(head))}.${body}`;
    return `${input}.${make(input).toString("base64url")}`;
  };
  const es256 = { alg: "ES256", kid: "ec" };
  const confused =
    "If no server of yours made this token, somebody tried to get in with it. Sign with the shared token.";
  const theBytes =
    "Sign with the bytes of the secret's text exactly as it is configured, in UTF-8, neither decoded nor encoded.";

  it.each([
    [
      "of the community",
      other,
      "The signature is that of the key “rsa-2”.",
      "Put the id of that key into the header as kid, or sign with the key that kid names.",
    ],
    [
      "of another community",
      elsewhere,
      "The signature is that of the key “globex-1” of the community globex.",
      "Pass the token to a deployment of globex, or sign it with a key of acme.",
    ],
    [
      "that is the secret, encoded",
      hmac(shared, base64url(secret)),
      "The token was signed with the secret encoded in base64url.",
      theBytes,
    ],
    [
      "that is the public key's text",
      hmac(shared, rsa.publicPem),
      "It was signed with a public key as if that were a shared secret (algorithm confusion).",
      confused,
    ],
    [
      "in DER",
      over(es256, (input) => sign("sha256", Buffer.from(input), ec.privateKey)),
      "The signature is in DER.",
      "ES256 needs r and s as 64 bytes (RFC 7518, section 3.4); in Node: dsaEncoding “ieee-p1363”.",
    ],
    [
      "in hexadecimal",
      over(shared, (input) => Buffer.from(createHmac("sha256", secret).update(input).digest("hex"))),
      "The signature was encoded in hexadecimal first.",
      "Encode its bytes in base64url.",
    ],
  ])("%s", async (_, token, cause, fix) => {
    const result = await told(token);
    expect(result.code).toBe("signature_invalid");
    expect(result.cause?.endsWith(` ${cause}`)).toBe(true);
    expect(result.fix).toBe(fix);
  });

  it.each([
    [shared, 20, "It has 20 bytes; those of HS256 have 32."],
    [es256, 63, "It has 63 bytes; those of ES256 have 64."],
    [{ alg: "EdDSA", kid: "ed" }, 65, "It has 65 bytes; those of EdDSA have 64."],
    [shared, 32, null],
    [header, 20, null],
  ])("%j that has %i bytes", async (head, length, cause) => {
    const place = await community({
      keys: [...communityFile.keys, { kid: "ed", alg: "EdDSA", publicKey: ed.publicPem }],
    });
    const token = over(head, () => Buffer.alloc(length, 200));
    const result = await told(token, place);
    if (cause === null) expect(result.cause).not.toMatch(/bytes/);
    else expect(result.cause?.endsWith(` ${cause}`)).toBe(true);
  });
});
