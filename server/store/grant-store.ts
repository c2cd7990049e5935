/** What an OpenID provider granted along with a session: kept beside it, so that sessions without pay nothing for it. */

export interface SessionGrant {
  /** Encrypted under VOUCH_SECRET; null where the provider gave none. */
  readonly sealedRefreshToken: string | null;
  /** `sid` of the ID token: what a back-channel logout may name. */
  readonly providerSession: string | null;
}

export interface RevocableGrant {
  readonly sessionId: string;
  readonly communityId: string;
  readonly sealedRefreshToken: string;
}

export interface GrantStore {
  /** null: the session has none, or is forgotten. */
  grant(sessionId: string): Promise<SessionGrant | null>;
  /** Takes the place of the refresh token that the session has; of one that has none it stays that way. */
  replaceRefreshToken(sessionId: string, sealedRefreshToken: string): Promise<void>;
  /**
   * Refresh tokens of sessions that have ended, or whose idle expiry the store knows to be before `at`. A node may know of
   * a later one: leave it the minute that it takes to tell. They are forgotten with their session, a day later.
   */
  grantsToRevoke(at: number, limit: number): Promise<readonly RevocableGrant[]>;
  /** Forgets the refresh token: it was revoked, or the provider takes it no more. The provider's session stays known. */
  removeGrant(sessionId: string): Promise<void>;
}
