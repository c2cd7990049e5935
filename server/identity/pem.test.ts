import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { certificatePem } from "./fixtures/certificate.ts";
import { ec, ed, nowSeconds, rsa } from "./fixtures/signing.ts";
import { readPublicPem } from "./pem.ts";

const now = nowSeconds * 1000;
const jwk = createPublicKey(rsa.publicPem).export({ format: "jwk" });

describe("A PEM text is read for its public key", () => {
  it.each([
    ["PUBLIC KEY", rsa.publicPem],
    ["RSA PUBLIC KEY", createPublicKey(rsa.publicPem).export({ type: "pkcs1", format: "pem" }).toString()],
    ["CERTIFICATE", certificatePem(rsa, now - 1000, now + 1000)],
    ["white space around it", `\n  ${rsa.publicPem}\n\n`],
    ["Windows line ends", rsa.publicPem.replaceAll("\n", "\r\n")],
  ])("%s", (_, pem) => {
    expect(readPublicPem(pem, now)).toEqual(jwk);
  });

  it.each([ec, ed])("of $alg", ({ publicPem }) => {
    expect(readPublicPem(publicPem, now)).toEqual(createPublicKey(publicPem).export({ format: "jwk" }));
  });
});

describe("A PEM text is refused", () => {
  const privatePem = (type: "pkcs8" | "pkcs1") => rsa.privateKey.export({ type, format: "pem" }).toString();
  const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey;
  it.each([
    ["that is none", "MIIB", /PEM/],
    ["of a private key", privatePem("pkcs8"), /private key/],
    ["of a private key (PKCS #1)", privatePem("pkcs1"), /private key/],
    ["with a private key behind the public one", rsa.publicPem + privatePem("pkcs8"), /more than one/],
    ["of two keys", rsa.publicPem + ec.publicPem, /more than one/],
    [
      "of something else",
      "-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----",
      /neither/,
    ],
    ["that is cut", rsa.publicPem.slice(0, 200), /readable/],
    ["of a cut certificate", certificatePem(rsa, now, now + 1000).slice(0, 300), /readable/],
    ["of an expired certificate", certificatePem(rsa, now - 2000, now - 1000), /valid from/],
    ["of a certificate of tomorrow", certificatePem(rsa, now + 1000, now + 2000), /valid from/],
    [
      "of a key that is bound to PSS",
      pss.export({ type: "spki", format: "pem" }).toString(),
      /readable public key/,
    ],
  ])("%s", (_, pem, message) => {
    expect(() => readPublicPem(pem, now)).toThrow(message);
  });
});
