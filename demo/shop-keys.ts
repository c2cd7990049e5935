/** The keys of the shop. It signs with the private ones; the companion is told the public ones and the shared token. */

import { type KeyObject, randomBytes, generateKeyPair as withCallback } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

export interface KeyPair {
  readonly kid: string;
  /** PKCS #8, PEM. Never leaves the shop. */
  readonly privateKey: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
}

export interface ShopKeys {
  readonly rs256: KeyPair;
  readonly es256: KeyPair;
  /** HS256: known to the shop and the companion, to nobody else. */
  readonly shared: { readonly kid: string; readonly secret: string };
  /** A key that the companion was never told of: for the switch “wrong key”. */
  readonly stranger: { readonly rs256: string; readonly es256: string; readonly secret: string };
  /** The companion's, and the shop's, at the OpenID provider. */
  readonly oidcSecret: string;
  /** Signs the shop's own cookie; nothing to do with the messenger. */
  readonly cookieSecret: string;
}

const generateKeyPair = promisify(withCallback);
const newRsa = async () => inPem(await generateKeyPair("rsa", { modulusLength: 2048 }));
const newEc = async () => inPem(await generateKeyPair("ec", { namedCurve: "P-256" }));
const inPem = (pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }) => ({
  privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
});
const newSecret = () => randomBytes(32).toString("base64url");

export async function createShopKeys(): Promise<ShopKeys> {
  const [rsa, ec, strangersRsa, strangersEc] = await Promise.all([newRsa(), newEc(), newRsa(), newEc()]);
  return {
    rs256: { kid: "acme-rsa", ...rsa },
    es256: { kid: "acme-ec", ...ec },
    shared: { kid: "acme-shared", secret: newSecret() },
    stranger: { rs256: strangersRsa.privateKey, es256: strangersEc.privateKey, secret: newSecret() },
    oidcSecret: newSecret(),
    cookieSecret: newSecret(),
  };
}

/** The keys kept in a file that only this user reads; made on the first run. */
export async function keptShopKeys(path: string): Promise<ShopKeys> {
  try {
    // The file of an earlier release has no such secret; the provider is told this one at each start.
    return { oidcSecret: newSecret(), ...JSON.parse(await readFile(path, "utf8")) } as ShopKeys;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const keys = await createShopKeys();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, JSON.stringify(keys, null, 2), { mode: 0o600 });
  return keys;
}
