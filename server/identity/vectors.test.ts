import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { verdict } from "./fixtures/checking.ts";
import { refusalCode } from "./fixtures/refusal.ts";
import { base64url, claims, community } from "./fixtures/signing.ts";
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
    "$name is refused as it stands, and for its algorithm or its key once it holds claims",
    async ({ token }) => {
      expect((await verdict(token, acme)).code).toBe("token_malformed");
      const [head] = token.split(".");
      const { code } = await verdict(`${head}.${base64url(payloadText)}.AAAA`, acme);
      expect(code).toBe(algorithmOf(token) === "HS256" ? "key_unknown" : "algorithm_not_allowed");
    },
  );

  it.each(allowed)(
    "$name passes the gate up to its signature where its public key is configured",
    async ({ token, jwk }) => {
      const alg = algorithmOf(token);
      const [head] = token.split(".");
      const { kid } = object(JSON.parse(Buffer.from(head ?? "", "base64url").toString("utf8")));
      if (!isPublicKeyAlgorithm(alg)) return;
      const full = { ...jwk(), alg, ...(typeof kid === "string" && { kid }) };
      const isPrivate = Object.hasOwn(full, "d");
      if (isPrivate)
        await expect(community({ keys: [{ jwks: { keys: [full] } }] })).rejects.toThrow(/private member/);
      const { d, p, q, dp, dq, qi, ...published } = full as JsonObject;
      const place = await community({ keys: [{ jwks: { keys: [published] } }] });
      expect((await verdict(`${head}.${base64url(payloadText)}.AAAA`, place)).code).toBe("signature_invalid");
    },
  );
});

/** Signatures that the RFCs show in the JSON serialization only, as compact ones, where the protected header says it all. */
const rebuilt = (): Vector[] => {
  const set = (name: string) => json(name);
  const made = (name: string, index: number, jwk: string, text?: string): Vector => {
    const { payload, signatures: several, ...flat } = set(name);
    const one = Array.isArray(several) ? object(several[index]) : flat;
    const body = text === undefined ? payload : base64url(text);
    return {
      name: `${name}[${index}]`,
      token: [one.protected, body, one.signature].join("."),
      jwk: () => json(jwk),
    };
  };
  const folder = "latchset-jose";
  return [
    made(`${folder}/rfc7515_A.6.jwsg`, 0, `${folder}/rfc7515_A.6.1.jwk`),
    made(`${folder}/rfc7515_A.6.jwsg`, 1, `${folder}/rfc7515_A.6.2.jwk`),
    made(`${folder}/rfc7515_A.7.jwsf`, 0, `${folder}/rfc7515_A.7.jwk`),
    made(`${folder}/rfc7520_4.1.jwsg`, 0, `${folder}/rfc7520_4.1.jwk`),
    made(`${folder}/rfc7520_4.3.jwsf`, 0, `${folder}/rfc7520_4.3.jwk`),
    made(`${folder}/rfc7520_4.4.jwsf`, 0, `${folder}/rfc7520_4.4.jwk`),
    made(
      `${folder}/rfc7520_4.5.jwsf`,
      0,
      `${folder}/rfc7520_4.5.jwk`,
      readVector(`${folder}/rfc7520_4.5.payl`).toString("utf8"),
    ),
    made(`${folder}/rfc7520_4.6.jwsf`, 0, `${folder}/rfc7520_4.6.jwk`),
    made(`${folder}/rfc7520_4.8.jwsg`, 0, `${folder}/rfc7520_4.8.1.jwk`),
    made(`${folder}/rfc7520_4.8.jwsg`, 2, `${folder}/rfc7520_4.8.3.jwk`),
  ];
};

describe.skipIf(vectorsMissing("latchset-jose"))("Signatures of the JSON serialization", () => {
  it.each(vectorsMissing("latchset-jose") ? [] : rebuilt().filter(hasAllowedAlgorithm))(
    "$name verifies once it is compact, and not once it is changed",
    async ({ token, jwk }) => {
      const key = await keyOf(jwk(), algorithmOf(token));
      await verifySignature(token, key);
      const [head, payload = "", signature] = token.split(".");
      const changed = `${head}.${payload.slice(0, -4)}AAAA.${signature}`;
      expect(await refusalCode(() => verifySignature(changed, key))).toBe("signature_invalid");
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
  it.each([...others, ...serialized])("%s is refused as malformed", async (_, token) => {
    expect((await verdict(token, acme)).code).toBe("token_malformed");
  });

  it("a compact token with an unencoded payload is refused for its header, once it is of the right form", async () => {
    const { input, output } = json("jose-cookbook/rfc7797/hmac-sha2_b64_false.json");
    expect(object(input)).toBeDefined();
    const protectedHeader = String(object(object(output).json_flat).protected);
    expect((await verdict(`${protectedHeader}.${base64url(payloadText)}.AAAA`, acme)).code).toBe(
      "header_not_allowed",
    );
  });
});

describe.skipIf(vectorsMissing("jwt-secrets"))("Known secrets", () => {
  it("are refused as shared tokens, each with the path of its fault", async () => {
    const known = readVector("jwt-secrets/jwt.secrets.list").toString("utf8").split(/\r?\n/);
    const long = known.filter((secret) => Buffer.byteLength(secret) >= 32);
    expect(long.length).toBeGreaterThan(100);
    for (const secret of [...long, ...known.slice(0, 1000)])
      await expect(community({ keys: [{ kid: "s", alg: "HS256", secret }] })).rejects.toThrow(
        /^communities\[0\]\.keys\[0\]\.secret: /,
      );
  });
});
