import { type CryptoKey, errors } from "jose";
import { expect, it } from "vitest";
import { refusal } from "./fixtures/refusal.ts";
import { claims, community, header, otherRsa, signed } from "./fixtures/signing.ts";
import { verifySignature } from "./signature.ts";

const [key] = (await community()).keys;
if (!key) throw new Error("The community has no key.");

it("A signature by another key is refused, and the cause is kept for the log", async () => {
  const forged = await signed(claims, header, otherRsa.privateKey);
  expect(await refusal(() => verifySignature(forged, key))).toMatchObject({
    code: "signature_invalid",
    cause: expect.any(errors.JWSSignatureVerificationFailed),
  });
});

it("A fault of ours is no refusal", async () => {
  const token = await signed();
  await expect(verifySignature(token, { ...key, key: {} as CryptoKey })).rejects.toThrow(TypeError);
});
