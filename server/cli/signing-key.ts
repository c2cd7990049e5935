import { createPrivateKey, createSecretKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isJsonObject, type JsonObject, ownMember } from "../identity/strict-json.ts";
import { UsageError } from "./console.ts";

export interface SigningKey {
  readonly key: KeyObject;
  readonly alg: string;
  readonly kid: string | undefined;
}

/** By type of key, where the file names no algorithm. */
const usualAlgorithms: Readonly<Record<string, string>> = { rsa: "RS256", ec: "ES256", ed25519: "EdDSA" };

/**
 * Reads what `vouch keygen` printed, a private key in PEM, a private JWK, or a bare shared token.
 * @throws UsageError
 */
export async function readSigningKey(path: string): Promise<SigningKey> {
  const text = (await readText(path)).trim();
  if (text.startsWith("{")) return fromJson(parse(text, path), path);
  if (text.includes("-----BEGIN")) return privateKey(path, () => createPrivateKey(text), {});
  return sharedSecret(text, undefined);
}

function fromJson(document: unknown, path: string): SigningKey {
  if (!isJsonObject(document)) throw new UsageError(`${path} holds no key.`);
  const [pem, secret, kid] = ["privateKey", "secret", "kid"].map((name) => ownMember(document, name));
  if (typeof pem === "string") return privateKey(path, () => createPrivateKey(pem), document);
  if (typeof secret === "string") return sharedSecret(secret, typeof kid === "string" ? kid : undefined);
  return privateKey(path, () => createPrivateKey({ key: { ...document }, format: "jwk" }), document);
}

function privateKey(path: string, open: () => KeyObject, described: JsonObject): SigningKey {
  const key = attempt(open, `${path} holds no private key: expected what vouch keygen prints, PEM or a JWK.`);
  const [alg, kid] = ["alg", "kid"].map((name) => ownMember(described, name));
  return {
    key,
    alg: typeof alg === "string" ? alg : (usualAlgorithms[key.asymmetricKeyType ?? ""] ?? "RS256"),
    kid: typeof kid === "string" ? kid : undefined,
  };
}

const sharedSecret = (secret: string, kid: string | undefined): SigningKey => ({
  key: createSecretKey(secret, "utf8"),
  alg: "HS256",
  kid,
});

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new UsageError(`${path} can't be read.`);
  }
}

const parse = (text: string, path: string): unknown =>
  attempt(() => JSON.parse(text), `${path} is not valid JSON.`);

/** The reason is left out: it may quote the key. */
function attempt<Result>(work: () => Result, message: string): Result {
  try {
    return work();
  } catch {
    throw new UsageError(message);
  }
}
