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
    ["CERTIFICATE from this second on", certificatePem(rsa, now, now + 1000)],
    ["CERTIFICATE up to this second", certificatePem(rsa, now - 1000, now)],
    ["CERTIFICATE with white space around it", `\n  ${certificatePem(rsa, now - 1000, now + 1000)}\n\n`],
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
  const body = rsa.publicPem.split("\n").slice(1, -2).join("\n");
  const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey;
  it.each([
    ["that is none", "MIIB", /PEM/],
    ["of a private key", privatePem("pkcs8"), /private key/],
    ["of a private key (PKCS #1)", privatePem("pkcs1"), /private key/],
    ["with a private key behind the public one", rsa.publicPem + privatePem("pkcs8"), /private key/],
    ["of a private key on one line", privatePem("pkcs8").replaceAll("\n", " "), /private key/],
    ["of a private key in base64", Buffer.from(privatePem("pkcs8")).toString("base64"), /private key/],
    [
      "of a private JWK",
      JSON.stringify(rsa.privateKey.export({ format: "jwk" })),
      /private JWK; .*treat the private one as known/,
    ],
    ["of a JWK", JSON.stringify(jwk), /jwks/],
    ["of a JWK behind white space", `\n ${JSON.stringify(jwk)}`, /"jwks"/],
    ["of a private JWK with spaces in it", '{ "kty" : "OKP", "d" : "AQAB" }', /private JWK/],
    ["that has braces inside", "a {jwk}", /is not PEM text/],
    ["that speaks of ssh-ed25519", "an ssh-ed25519 key", /is not PEM text/],
    ["with a comment in front of its body", `# ${body}`, /is not PEM text/],
    ["with a comment behind its body", `${body} # mine`, /is not PEM text/],
    ["of an SSH key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE", /ssh-keygen/],
    ["without its first and last line", body, /lost the lines/],
    ["in base64 once more", Buffer.from(rsa.publicPem).toString("base64"), /decode it once/],
    ["on one line, with spaces", rsa.publicPem.replaceAll("\n", " "), /lost its line breaks/],
    ["on one line, without any", rsa.publicPem.replaceAll("\n", ""), /lost its line breaks/],
    ["whose body follows its first line", rsa.publicPem.replace("\n", ""), /lost its line breaks/],
    [
      "whose body runs into its last line",
      rsa.publicPem.replace("\n-----END", "-----END"),
      /lost its line breaks/,
    ],
    ["with line breaks written out", rsa.publicPem.replaceAll("\n", "\\n"), /written out as \\n/],
    ["with Windows' written out", rsa.publicPem.replaceAll("\n", "\\r\\n"), /written out as \\n/],
    [
      "of a chain of certificates",
      certificatePem(rsa, now - 1000, now + 1000).repeat(3),
      /chain of 3 certificates; give the first/,
    ],
    [
      "of a key and a certificate",
      rsa.publicPem + certificatePem(rsa, now - 1000, now + 1000),
      /more than one/,
    ],
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
