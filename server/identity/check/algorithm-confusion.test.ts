import { createHmac, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { report, resultOf } from "../fixtures/checking.ts";
import { base64url, claims, community, ec, rsa } from "../fixtures/signing.ts";

const place = await community({
  keys: [
    { kid: "ec", alg: "ES256", publicKey: ec.publicPem },
    { kid: "rsa", alg: "RS256", publicKey: rsa.publicPem },
  ],
});
const der = createPublicKey(rsa.publicPem).export({ type: "spki", format: "der" });

const causeOf = async (alg: string, hash: string, secret: string | Buffer) => {
  const input = `${base64url(JSON.stringify({ alg, kid: "rsa" }))}.${base64url(JSON.stringify(claims))}`;
  const mac = createHmac(hash, secret).update(input).digest("base64url");
  return resultOf(await report(`${input}.${mac}`, place), "key");
};

describe("Algorithm confusion is recognised where the secret is the public key", () => {
  it.each([
    ["as it is", rsa.publicPem],
    ["without its last line feed", rsa.publicPem.trim()],
    ["with carriage returns", rsa.publicPem.trim().replaceAll("\n", "\r\n")],
    ["in DER", der],
    ["in base64", der.toString("base64")],
  ])("%s", async (_, secret) => {
    for (const [alg, hash] of [
      ["HS256", "sha256"],
      ["HS384", "sha384"],
      ["HS512", "sha512"],
    ] as const)
      expect(await causeOf(alg, hash, secret)).toMatchObject({
        passed: false,
        cause: expect.stringMatching(
          / It was signed with the public key as if that were a shared secret \(algorithm confusion\): whoever has the public key can make such a token\.$/,
        ),
        fix: "Sign with the private key and its algorithm. If no server of yours made this token, somebody tried to get in with it.",
      });
  });

  it("and by nothing but such a signature", async () => {
    expect((await causeOf("HS256", "sha384", rsa.publicPem)).cause).not.toMatch(/confusion/);
    expect((await causeOf("HS2560", "sha256", rsa.publicPem)).cause).not.toMatch(/confusion/);
    expect((await causeOf("HS256", "sha256", "rsa")).cause).toMatch(/ and the community has public keys\.$/);
  });
});
