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

  it("is short in characters and long enough in bytes", () => {
    expect(secretFault("ключ от всех дверей 7q")).toBeNull();
  });
});
