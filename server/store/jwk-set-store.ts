/** The last good JWK set of each address, so that a restart during an outage keeps serving. */

export interface StoredJwkSet {
  readonly url: string;
  /** The JWK set as it was fetched. */
  readonly document: string;
  readonly fetchedAt: number;
}

export interface JwkSetStore {
  /** null: none was ever fetched. */
  jwkSet(url: string): Promise<StoredJwkSet | null>;
  /** Keeps the newest of what several nodes fetched. */
  saveJwkSet(set: StoredJwkSet): Promise<void>;
}
