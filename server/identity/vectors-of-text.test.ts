import { describe, expect, it } from "vitest";
import { verdict } from "./fixtures/checking.ts";
import { claims, community, headerText, signed, signedTexts } from "./fixtures/signing.ts";
import { listVectors, readVector, vectorsMissing } from "./fixtures/vectors.ts";

const acme = await community();
const payloadText = JSON.stringify(claims);
const codeOf = async (token: string) => (await verdict(token, acme)).code;

/** As the payload under a good header, and as the header over a good payload; both truly signed. */
const both = (bytes: Buffer): readonly string[] => [
  signedTexts(headerText, bytes),
  signedTexts(bytes, payloadText),
];

describe.skipIf(vectorsMissing("JSONTestSuite"))("JSONTestSuite in a signed token", () => {
  const folder = "JSONTestSuite/test_parsing";

  it.each(listVectors(`${folder}/n_*.json`))("%s is refused as header and as payload", async (name) => {
    for (const token of both(readVector(name)))
      expect(await codeOf(token)).toBe(token.length > 8192 ? "token_too_large" : "token_malformed");
  });

  it.each(listVectors(`${folder}/y_object*.json`).filter((name) => !name.includes("duplicated")))(
    "%s is read as a payload, and lacks an expiry only; as a header, an algorithm",
    async (name) => {
      const [payload = "", header = ""] = both(readVector(name));
      expect(await codeOf(payload)).toBe("expiry_missing");
      expect(await codeOf(header)).toBe("algorithm_not_allowed");
    },
  );

  it.each([
    ...listVectors(`${folder}/y_object*duplicated*.json`),
    ...listVectors(`${folder}/y_{array,number,string,structure}*.json`),
  ])("%s is JSON, and no token's: refused", async (name) => {
    for (const token of both(readVector(name))) expect(await codeOf(token)).toBe("token_malformed");
  });

  it.each(listVectors(`${folder}/i_*.json`))("%s, which parsers disagree about, is refused", async (name) => {
    for (const token of both(readVector(name)))
      expect(await codeOf(token)).toMatch(/^(token_malformed|expiry_missing|algorithm_not_allowed)$/);
  });

  it.each(listVectors("JSONTestSuite/test_transform/*.json"))(
    "%s, which parsers read differently, is refused or lacks an expiry",
    async (name) => {
      const [payload = ""] = both(readVector(name));
      expect(await codeOf(payload)).toBe(
        name.includes("object_key_nf") ? "expiry_missing" : "token_malformed",
      );
    },
  );
});

describe.skipIf(vectorsMissing("blns"))("Naughty strings", () => {
  const strings: readonly string[] = vectorsMissing("blns")
    ? []
    : JSON.parse(readVector("blns/blns.json").toString("utf8"));

  it("are kept exactly as identities, or refused", async () => {
    let kept = 0;
    for (const identity of strings) {
      const outcome = await verdict(await signed({ ...claims, identity }), acme);
      if (outcome.code === null) {
        expect(outcome.verified.identity).toBe(identity);
        expect(outcome.verified.platformKey).toBe(`v1/acme/AUTH/jwt/uid:${identity}`);
        kept++;
      } else expect(outcome.code).toMatch(/^(identity_invalid|token_too_large)$/);
    }
    expect(kept).toBeGreaterThan(strings.length / 2);
  });

  it("are kept exactly as attributes, or left out and reported", async () => {
    for (const name of strings) {
      const outcome = await verdict(await signed({ ...claims, "comm100.name": name, plan: name }), acme);
      if (outcome.code !== null) expect(outcome.code).toBe("token_too_large");
      else if (outcome.verified.warnings.length === 0) expect(outcome.verified.fields.name?.value).toBe(name);
      else expect(outcome.verified.fields).toEqual({});
    }
  });

  it("are refused as tokens, as kids, as issuers and as audiences", async () => {
    const strict = await community({ issuer: "https://acme.example", audience: "vouch" });
    for (const text of strings) {
      expect(await codeOf(text)).toBe("token_malformed");
      const kid = signedTexts(JSON.stringify({ alg: "RS256", kid: text }), payloadText);
      expect(await codeOf(kid)).toMatch(/^(key_unknown|token_too_large)$/);
      const iss = await verdict(await signed({ ...claims, iss: text }), strict);
      expect(iss.code).toMatch(/^(issuer_mismatch|token_too_large)$/);
      const aud = await verdict(await signed({ ...claims, iss: "https://acme.example", aud: text }), strict);
      expect(aud.code).toMatch(/^(audience_mismatch|token_too_large)$/);
    }
  });
});
