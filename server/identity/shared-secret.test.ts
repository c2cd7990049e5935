import { generateKeyPairSync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rsa } from "./fixtures/signing.ts";
import { readVector, vectorsMissing } from "./fixtures/vectors.ts";
import { importSecret, secretFault } from "./shared-secret.ts";

const publicJwk = JSON.stringify(generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }));
const der = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
  type: "spki",
  format: "der",
});

const spki = (type: "ec" | "ed25519"): string => {
  const { publicKey } =
    type === "ec" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  return publicKey.export({ type: "spki", format: "der" }).toString("base64");
};

describe("A shared token is refused that", () => {
  it.each([
    ["is empty", "", /0 bytes/],
    ["has 31 bytes", "q8Zr2LkV0sXw4TnB7yHc1JdMf6GpEaU", /31 bytes/],
    ["is a PEM", rsa.publicPem, /PEM/],
    ["is a PEM behind white space (CVE-2026-34950)", `\n \t${rsa.publicPem}`, /PEM/],
    ["is a PEM behind a byte order mark", `\uFEFF${rsa.publicPem}`, /PEM/],
    ["is a JWK", publicJwk, /JWK/],
    ["is a JWK behind white space", `\r\n ${publicJwk}`, /JWK/],
    ["is a JWK set", `[${publicJwk}]`, /JWK/],
    ["is a public key in bare base64", der.toString("base64"), /public key/],
    ["is a public key of P-256 in bare base64", spki("ec"), /public key/],
    ["is a public key of Ed25519 in bare base64", spki("ed25519"), /public key/],
    ["is a PEM in base64", Buffer.from(rsa.publicPem).toString("base64"), /PEM/],
    ["is a JWK in base64", Buffer.from('{"kty":"OKP","crv":"Ed25519"}').toString("base64"), /JWK/],
    ["is a placeholder", "{{ ACME_SHARED_TOKEN_FROM_THE_VAULT }}", /placeholder/],
    ["is a variable", "$".concat("{ACME_SHARED_TOKEN_FROM_THE_VAULT}"), /placeholder/],
    ["has seven different characters", "acegikmgcaiekmgaecmkiagcekimacgek", /pattern/],
    ["is one word twice", "Tr0ub4dor&3-Zq9x".repeat(2), /pattern/],
    ["is a placeholder in angle brackets", "<the token that is in the vault of ours>", /placeholder/],
    ["is a variable of Windows", "%ACME_SHARED_TOKEN_FROM_THE_VAULT%", /placeholder/],
    ["is a placeholder in white space", " {{ ACME_SHARED_TOKEN_FROM_THE_VAULT }}\n", /placeholder/],
    [
      "is a key in bare base64 of several lines",
      `MII${randomBytes(32).toString("hex")}\n${randomBytes(32).toString("hex")}`,
      /public key/,
    ],
    ["is as short as a key can be", `MII${randomBytes(60).toString("hex")}`.slice(0, 100), /public key/],
    ["is an SSH key", `ssh-ed25519 ${randomBytes(51).toString("base64")}`, /public key/],
    ["ends with a line feed", `${randomBytes(32).toString("hex")}\n`, /white space/],
    ["is one character over and over", "x".repeat(64), /pattern/],
    ["is one word over and over", "Tr0ub4dor&3-".repeat(4), /pattern/],
    ["has few characters", "0110100101101001011010010110101101101000", /pattern/],
    ["counts", "0123456789abcdefghijklmnopqrstuv", /pattern/],
    ["is jwt.io's example", "a-string-secret-at-least-256-bits-long", /public lists/],
    ["is jwt.io's example in capitals", "A-STRING-SECRET-AT-LEAST-256-BITS-LONG", /public lists/],
    ["is Supabase's example", "super-secret-jwt-token-with-at-least-32-characters-long", /public lists/],
    [
      "is RFC 7515's example",
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
      /public lists/,
    ],
    ["has a lone surrogate", `${randomBytes(32).toString("hex")}\ud800`, /Unicode/],
  ])("%s", async (_, secret, reason) => {
    expect(secretFault(secret)).toMatch(reason);
    await expect(importSecret(secret)).rejects.toThrow(reason);
  });

  it.skipIf(vectorsMissing("jwt-secrets"))("stands on the public list of 100,000 secrets", () => {
    const secrets = readVector("jwt-secrets/jwt.secrets.list").toString("utf8").split(/\r?\n/);
    expect(secrets.length).toBeGreaterThan(100_000);
    expect(secrets.filter((secret) => secretFault(secret) === null)).toEqual([]);
  });
});

describe("A shared token is taken that", () => {
  it.each(["hex", "base64", "base64url"] as const)("is random, in %s", (encoding) => {
    for (let run = 0; run < 500; run++) expect(secretFault(randomBytes(32).toString(encoding))).toBeNull();
  });

  it.each([
    ["begins with a bracket and is no JWK", `[${randomBytes(32).toString("hex")}`],
    ["has eight different characters in no order", "acegikmgcaiekmgaecmkiagcekimacgeko"],
    ["ends with what a placeholder is like", `${randomBytes(32).toString("hex")}{{a}}`],
    ["begins with what a placeholder is like", `{{a}}${randomBytes(32).toString("hex")}`],
    ["has the name of SSH inside", `${randomBytes(32).toString("hex")}ssh-`],
    ["has a bracket inside", `${randomBytes(32).toString("hex")}["kty"]`],
    ["has the start of a key inside", `z${"MII".concat(randomBytes(60).toString("hex"))}`],
    ["has the start of a key and other characters", `MII${randomBytes(60).toString("hex")}!`],
    ["has the start of a short key inside", `zMFkwEwYHKoZI${randomBytes(32).toString("hex")}`],
    ["has the start of a PEM in base64 inside", `zLS0tLS1CRUdJTi${randomBytes(32).toString("hex")}`],
    ["begins as a key does and is too short for one", `MII${randomBytes(60).toString("hex")}`.slice(0, 99)],
  ])("%s", (_, secret) => {
    expect(secretFault(secret)).toBeNull();
  });

  it("is short in characters and long enough in bytes", () => {
    expect(secretFault("ключ от всех дверей 7q")).toBeNull();
  });
});
