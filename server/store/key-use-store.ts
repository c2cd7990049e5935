/** When a key of a community last verified a token. */
export interface KeyUse {
  readonly communityId: string;
  readonly kid: string;
  readonly usedAt: number;
}

export interface KeyUseStore {
  /** A use that is older than the one known changes nothing. */
  recordKeyUses(uses: readonly KeyUse[]): Promise<void>;
  keyUses(communityId: string): Promise<readonly KeyUse[]>;
}
