import type { CryptoKey, JWK } from "jose";
import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import { exportJWK } from "jose/key/export";
import { generateKeyPair } from "jose/key/generate/keypair";
import { importJWK } from "jose/key/import";
import type { Clock } from "../../shared/clock.ts";
import type { Sealer } from "../config/secret.ts";
import type { KeyStore, StoredPlatformKey } from "../store/store.ts";
import type { VerificationKey } from "./keys.ts";

/** Longest life of a platform token, in seconds. */
export const platformTokenSeconds = 15 * 60;

const rotateAfterMs = 30 * 24 * 60 * 60 * 1000;

/** Other nodes may sign with the old key until they look again, and their clocks may be late. */
const overlapMs = 2 * platformTokenSeconds * 1000;

/** A token may name any kid: the store is asked about unknown ones this often at most. */
const lookAgainMs = 5000;

interface PlatformKey {
  readonly kid: string;
  readonly createdAt: number;
  readonly privateKey: CryptoKey;
  readonly verification: VerificationKey;
  readonly publicJwk: JWK;
}

export interface PlatformKeys {
  /** The key that signs now; made, or replaced by a new one, where that is due. */
  signing(): Promise<{ readonly kid: string; readonly key: CryptoKey }>;
  /** null: no key of that id, or none any more. */
  verification(kid: string): Promise<VerificationKey | null>;
  /** JWK set (RFC 7517, section 5) of every key whose tokens may be alive. */
  published(): Promise<{ keys: JWK[] }>;
}

/** Ed25519 keys in the store, shared by the nodes, their private halves sealed. */
export function createPlatformKeys(deps: { store: KeyStore; sealer: Sealer; clock: Clock }): PlatformKeys {
  const { store, sealer, clock } = deps;
  /** Newest first. */
  let keys: readonly PlatformKey[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  let turning: Promise<PlatformKey> | null = null;

  async function adopt(stored: readonly StoredPlatformKey[]): Promise<void> {
    lookedAt = clock.now();
    keys = await Promise.all(
      stored.map((key) => keys.find(({ kid }) => kid === key.kid) ?? openKey(key, sealer)),
    );
  }

  /** Several requests may find the key too old at once; one of them turns it. */
  function newest(): Promise<PlatformKey> {
    const [key] = keys;
    if (key && clock.now() - key.createdAt < rotateAfterMs) return Promise.resolve(key);
    turning ??= turn().finally(() => {
      turning = null;
    });
    return turning;
  }

  async function turn(): Promise<PlatformKey> {
    const now = clock.now();
    await adopt(await store.addPlatformKey(await makeKey(sealer, now), now - rotateAfterMs));
    const [key] = keys;
    if (!key) throw new Error("The store kept no platform key.");
    return key;
  }

  /** A key is alive while it is the newest, and until the tokens it signed before that have expired. */
  async function dropRetired(): Promise<void> {
    const [key, ...older] = keys;
    if (!key || older.length === 0 || clock.now() - key.createdAt < overlapMs) return;
    await store.removePlatformKeys(key.createdAt);
    keys = keys.filter(({ createdAt }) => createdAt >= key.createdAt);
  }

  async function load(): Promise<void> {
    if (keys.length === 0) await adopt(await store.platformKeys());
    await newest();
    await dropRetired();
  }

  return {
    async signing() {
      await load();
      const { kid, privateKey } = await newest();
      return { kid, key: privateKey };
    },
    async verification(kid) {
      await load();
      const known = () => keys.find((key) => key.kid === kid)?.verification ?? null;
      if (known() === null && clock.now() - lookedAt >= lookAgainMs) await adopt(await store.platformKeys());
      return known();
    },
    async published() {
      await load();
      return { keys: keys.map(({ publicJwk }) => publicJwk) };
    },
  };
}

async function makeKey(sealer: Sealer, createdAt: number): Promise<StoredPlatformKey> {
  const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { kid: await calculateJwkThumbprint(jwk), sealedJwk: sealer.seal(JSON.stringify(jwk)), createdAt };
}

async function openKey(
  { kid, sealedJwk, createdAt }: StoredPlatformKey,
  sealer: Sealer,
): Promise<PlatformKey> {
  const jwk: JWK = JSON.parse(sealer.open(sealedJwk));
  const { d, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([importJWK(jwk, "EdDSA"), importJWK(publicJwk, "EdDSA")]);
  if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array)
    throw new Error("A stored platform key is not an Ed25519 key.");
  return {
    kid,
    createdAt,
    privateKey,
    verification: { kid, alg: "EdDSA", key: publicKey },
    publicJwk: { ...publicJwk, kid, alg: "EdDSA", use: "sig" },
  };
}
