export interface StoredPlatformKey {
  readonly kid: string;
  /** Private JWK, encrypted under VOUCH_SECRET. */
  readonly sealedJwk: string;
  readonly createdAt: number;
}

export interface KeyStore {
  /** Newest first. */
  platformKeys(): Promise<readonly StoredPlatformKey[]>;
  /** Keeps the first of two nodes that add a key at the same time: answers with the keys that stand afterwards. */
  addPlatformKey(key: StoredPlatformKey, unlessNewerThan: number): Promise<readonly StoredPlatformKey[]>;
  removePlatformKeys(createdBefore: number): Promise<void>;
}
