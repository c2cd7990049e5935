import { hash } from "node:crypto";
import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import { exportJWK } from "jose/key/export";
import * as v from "valibot";
import { isKid } from "../identity/header.ts";
import { importJwk } from "../identity/jwk.ts";
import { KeyFault } from "../identity/key-fault.ts";
import type { VerificationKey } from "../identity/keys.ts";
import { readPublicPem } from "../identity/pem.ts";
import { importPublicKey, publicKeyAlgorithms } from "../identity/public-key.ts";
import { importSecret } from "../identity/shared-secret.ts";
import { isJsonObject } from "../identity/strict-json.ts";
import { httpsAddress } from "./address.ts";
import { listOf, type Reading, readPart, within } from "./reading.ts";
import { exactObject, secretReference } from "./schema-parts.ts";
import { resolveSecret } from "./secret-reference.ts";

/** Something that a community trusts to vouch for its customers. */
export type KeySource =
  | {
      readonly kind: "key";
      readonly path: string;
      readonly key: VerificationKey;
      readonly fingerprint: string;
      /** One of a JWK set. */
      readonly fromSet: boolean;
    }
  | { readonly kind: "url"; readonly path: string; readonly url: string };

const kid = v.nullish(v.pipe(v.string(), v.check(isKid, "must be 1 to 128 printable characters")), null);

const addressSchema = (env: NodeJS.ProcessEnv) => exactObject({ jwksUrl: httpsAddress(env) });
const secretSchema = exactObject({ kid, alg: v.literal("HS256"), secret: secretReference });
const publicKeySchema = exactObject({
  kid,
  alg: v.picklist(publicKeyAlgorithms),
  publicKey: v.string(),
});
const jwksSchema = exactObject({ jwks: exactObject({ keys: listOf("keys", v.unknown()) }) });

/** One element of `keys`: a secret, a public key, a JWK set, or the address of one. */
export async function readKeySources(
  reading: Reading,
  value: unknown,
  path: string,
): Promise<readonly KeySource[]> {
  const has = (name: string) => isJsonObject(value) && Object.hasOwn(value, name);
  if (has("jwksUrl")) return readAddress(reading, value, path);
  if (has("jwks")) return readKeySet(reading, value, path);
  return has("secret") ? readSecret(reading, value, path) : readPublicKey(reading, value, path);
}

function readAddress(reading: Reading, value: unknown, path: string): readonly KeySource[] {
  const settings = readPart(reading, addressSchema(reading.env), value, path);
  return settings ? [{ kind: "url", path: within(path, "jwksUrl"), url: settings.jwksUrl }] : [];
}

async function readKeySet(reading: Reading, value: unknown, path: string): Promise<readonly KeySource[]> {
  const settings = readPart(reading, jwksSchema, value, path);
  if (!settings) return [];
  if (settings.jwks.keys.length === 0)
    reading.warnings.push(`${path}.jwks: the set is empty and verifies no token.`);
  const sources: KeySource[] = [];
  for (const [index, jwk] of settings.jwks.keys.entries()) {
    const place = `${path}.jwks.keys[${index}]`;
    if (isJsonObject(jwk) && jwk.use === "enc") {
      reading.warnings.push(`${place}: is for encryption (use: enc) and verifies no token.`);
      continue;
    }
    try {
      sources.push(await publicSource(place, await importJwk(jwk, reading.nowMs), true));
    } catch (error) {
      const { member, message } = asKeyFault(error);
      reading.faults.push({ path: member ? within(place, member) : place, message });
    }
  }
  return sources;
}

async function readSecret(reading: Reading, value: unknown, path: string): Promise<readonly KeySource[]> {
  const settings = readPart(reading, secretSchema, value, path);
  const place = within(path, "secret");
  const secret = settings && resolveSecret(reading, settings.secret, place);
  if (settings === null || secret === null) return [];
  try {
    const key = { kid: settings.kid, alg: settings.alg, key: await importSecret(secret) };
    return [{ kind: "key", path, key, fingerprint: hash("sha256", secret), fromSet: false }];
  } catch (error) {
    reading.faults.push({ path: place, message: asKeyFault(error).message });
    return [];
  }
}

async function readPublicKey(reading: Reading, value: unknown, path: string): Promise<readonly KeySource[]> {
  const settings = readPart(reading, publicKeySchema, value, path);
  if (!settings) return [];
  const { kid, alg, publicKey } = settings;
  try {
    const key = await importPublicKey(readPublicPem(publicKey, reading.nowMs), alg);
    return [await publicSource(path, { kid, alg, key }, false)];
  } catch (error) {
    const { member, message } = asKeyFault(error);
    reading.faults.push({
      path: within(path, "publicKey"),
      message: member ? `${member} ${message}` : message,
    });
    return [];
  }
}

const publicSource = async (path: string, key: VerificationKey, fromSet: boolean): Promise<KeySource> => ({
  kind: "key",
  path,
  key,
  fromSet,
  fingerprint: await calculateJwkThumbprint(await exportJWK(key.key)),
});

function asKeyFault(error: unknown): KeyFault {
  if (error instanceof KeyFault) return error;
  throw error;
}
