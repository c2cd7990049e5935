import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { refusal, refusalCode } from "./fixtures/refusal.ts";
import { claims, community, gate, headerText, signed, signedTexts } from "./fixtures/signing.ts";
import { listVectors, readVector, vectorsMissing } from "./fixtures/vectors.ts";
import { importJwk } from "./jwk.ts";
import type { VerificationKey } from "./keys.ts";
import { isPublicKeyAlgorithm } from "./public-key.ts";
import { verifySignature } from "./signature.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";

const acme = await community();
const payloadText = JSON.stringify(claims);

/** Some files hold the name of another one: they were links. */
function json(path: string): JsonObject {
  const text = readVector(path).toString("utf8");
  if (!text.startsWith("{")) return json(join(dirname(path), text.trim()));
  return object(JSON.parse(text));
}

const object = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const algorithmOf = (token: string): unknown =>
  object(JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8"))).alg;

/** The vectors' secrets are bytes, not texts, so they can't be configured; their keys carry private members. */
async function keyOf(jwk: JsonObject, alg: unknown): Promise<VerificationKey> {
  if (isPublicKeyAlgorithm(alg)) {
    const { kty, crv, n, e, x, y } = jwk;
    const members = Object.entries({ kty, crv, n, e, x, y, alg }).filter(([, value]) => value !== undefined);
    return importJwk(Object.fromEntries(members), 0);
  }
  const bytes = Buffer.from(String(jwk.k), "base64url");
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ]);
  return { kid: null, alg: "HS256", key };
}

interface Vector {
  readonly name: string;
  readonly token: string;
  readonly jwk: () => JsonObject;
}

const cookbook = (): Vector[] =>
  listVectors("jose-cookbook/{jws,curve25519}/*.json").flatMap((name) => {
    const { input, output } = json(name);
    const token = object(output).compact;
    return typeof token === "string" ? [{ name, token, jwk: () => object(object(input).key) }] : [];
  });

const latchset = (): Vector[] =>
  listVectors("latchset-jose/*.jwsc").map((name) => ({
    name,
    token: readVector(name).toString("utf8").trim(),
    jwk: () => json(name.replace(".jwsc", ".jwk")),
  }));

const hasAllowedAlgorithm = ({ token }: Vector): boolean =>
  !token.includes("..") &&
  ["HS256", "RS256", "RS512", "PS256", "ES256", "EdDSA"].includes(String(algorithmOf(token)));

const signatures =
  vectorsMissing("jose-cookbook") || vectorsMissing("latchset-jose") ? [] : [...cookbook(), ...latchset()];

describe.skipIf(signatures.length === 0)("Signatures of RFC 7515, 7520 and 8037", () => {
  const allowed = signatures.filter(hasAllowedAlgorithm);

  it("are among the vectors with each kind of key", () => {
    expect(new Set(allowed.map(({ token }) => algorithmOf(token)))).toEqual(
      new Set(["RS256", "ES256", "HS256", "EdDSA"]),
    );
  });

  it.each(allowed)("$name verifies, and not once it is changed", async ({ token, jwk }) => {
    const key = await keyOf(jwk(), algorithmOf(token));
    await verifySignature(token, key);
    const [head, payload = "", signature] = token.split(".");
    const changed = `${head}.${payload.slice(0, -4)}AAAA.${signature}`;
    expect(await refusalCode(() => verifySignature(changed, key))).toBe("signature_invalid");
  });

  it.each(signatures.filter((vector) => !hasAllowedAlgorithm(vector)))(
    "$name is refused",
    async ({ token }) => {
      expect((await refusal(() => gate().verifyContactJwt(token, acme))).code).toMatch(
        /^(token_malformed|algorithm_not_allowed)$/,
      );
    },
  );
});

const others = [
  ...listVectors("jose-cookbook/{jwe,rfc7797}/*.json"),
  ...listVectors("jose-cookbook/curve25519/ecdh-es.json"),
].flatMap((name) => {
  const { compact, json_flat } = object(json(name).output);
  return [compact, json_flat && JSON.stringify(json_flat)].flatMap((token) =>
    typeof token === "string" ? [[name, token] as const] : [],
  );
});
const serialized = listVectors("latchset-jose/*.{jwsg,jwsf,jweg,jwef,jwec}").map(
  (name) => [name, readVector(name).toString("utf8").trim()] as const,
);

describe.skipIf(others.length === 0)("What is no compact signature with an allowed algorithm", () => {
  it.each([...others, ...serialized])("%s is refused", async (_, token) => {
    expect((await refusal(() => gate().verifyContactJwt(token, acme))).code).toMatch(
      /^(token_malformed|header_not_allowed)$/,
    );
  });
});

describe.skipIf(vectorsMissing("JSONTestSuite"))("JSONTestSuite in a signed token", () => {
  const bad = listVectors("JSONTestSuite/test_parsing/n_*.json");
  it.each(bad)("%s is refused as header and as payload", async (name) => {
    const bytes = readVector(name);
    for (const token of [signedTexts(headerText, bytes), signedTexts(bytes, payloadText)])
      expect(await refusalCode(() => gate().verifyContactJwt(token, acme))).toMatch(
        /^token_(malformed|too_large)$/,
      );
  });

  it.each(
    listVectors("JSONTestSuite/test_parsing/y_object*.json").filter((name) => !name.includes("duplicated")),
  )("%s is read as a payload, and lacks an expiry only", async (name) => {
    const token = signedTexts(headerText, readVector(name));
    expect(await refusalCode(() => gate().verifyContactJwt(token, acme))).toBe("expiry_missing");
  });
});

describe.skipIf(vectorsMissing("blns"))("Naughty strings", () => {
  const strings: readonly string[] = vectorsMissing("blns")
    ? []
    : JSON.parse(readVector("blns/blns.json").toString("utf8"));

  it("are kept exactly as identities, or refused", async () => {
    let kept = 0;
    for (const identity of strings) {
      const token = await signed({ ...claims, identity });
      const outcome = await gate()
        .verifyContactJwt(token, acme)
        .then(
          (verified) => verified.identity,
          (error) => error.code,
        );
      if (outcome === identity) kept++;
      else expect(outcome).toMatch(/^(identity_invalid|token_too_large)$/);
    }
    expect(kept).toBeGreaterThan(strings.length / 2);
  });

  it("are kept exactly as attributes, or left out and reported", async () => {
    for (const name of strings) {
      const token = await signed({ ...claims, "comm100.name": name });
      const { fields, warnings } = await gate().verifyContactJwt(token, acme);
      if (warnings.length === 0) expect(fields.name?.value).toBe(name);
      else expect(fields).toEqual({});
    }
  });
});
