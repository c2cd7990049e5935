import { describe, expect, it } from "vitest";
import { deployment, setUpSigner } from "./fixtures/platform.ts";
import { refusal, refusalCode } from "./fixtures/refusal.ts";
import { claims, signed } from "./fixtures/signing.ts";

describe("A platform token's refusal names", () => {
  it("the kid that no key has", async () => {
    const { tokens, sign, issued } = await setUpSigner();
    const token = await sign(issued, { kid: "other" });
    expect(await refusal(() => tokens.verify(token, deployment))).toMatchObject({
      code: "key_unknown",
      message: "No platform key has kid “other”; platform JWTs come from /authorize.",
    });
  });

  it("the kid that is missing", async () => {
    const { tokens, sign, issued } = await setUpSigner();
    const token = await sign(issued, { kid: undefined });
    expect(await refusalCode(() => tokens.verify(token, deployment))).toBe("key_id_required");
  });

  it("the algorithm, found and expected", async () => {
    const { tokens, kid } = await setUpSigner();
    const token = await signed(claims, { alg: "RS256", kid, typ: "vouch-platform+jwt" });
    expect(await refusal(() => tokens.verify(token, deployment))).toMatchObject({
      code: "algorithm_not_allowed",
      message: "The token's alg is “RS256”; platform JWTs use EdDSA.",
    });
  });

  it("the life that is longer than any that is issued", async () => {
    const { tokens, sign, issued } = await setUpSigner();
    const { iat = 0 } = issued;
    const token = await sign({ ...issued, exp: iat + 901 });
    expect(await refusal(() => tokens.verify(token, deployment))).toMatchObject({
      code: "expiry_too_far",
      message: "The platform JWT lives for 901 s; at most 900 s are allowed.",
    });
  });

  it("the deployment, found and expected", async () => {
    const { tokens, sign, issued } = await setUpSigner();
    const token = await sign(issued);
    expect(await refusal(() => tokens.verify(token, { ...deployment, id: "shop" }))).toMatchObject({
      code: "audience_mismatch",
      message: "The platform JWT is for the deployment “acme-web”; expected “shop”.",
    });
  });

  it.each([
    ...["sub", "aud", "iat", "exp", "jti", "community", "auth", "identity", "preview", "once", "contact"].map(
      (name) => ({ [name]: undefined }),
    ),
    { exp: 1.5 },
    { contact: { sha256: "a", iat: null, exp: 1 } },
    { contact: { sha256: ["a"], iat: 1.5, exp: 1 } },
    { contact: {} },
  ])("the remedy where its claims are not those of this release: %j", async (changes) => {
    const { tokens, sign, issued } = await setUpSigner();
    const token = await sign({ ...issued, ...changes });
    expect(await refusal(() => tokens.verify(token, deployment))).toMatchObject({
      code: "token_malformed",
      message: "The platform JWT has the claims of another release; exchange the Contact JWT again.",
    });
  });
});

it("A platform token of a Contact JWT without iat counts as issued when it was itself", async () => {
  const { tokens, sign, issued } = await setUpSigner();
  const token = await sign({ ...issued, contact: { sha256: ["a"], iat: null, exp: claims.exp } });
  expect((await tokens.verify(token, deployment)).token.issuedAtSeconds).toBe(issued.iat);
});
