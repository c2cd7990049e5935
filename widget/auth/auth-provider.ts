/** The plug-in seam: whatever knows who is signed in on the host page: `docs/host-api.md`. */

/** Why a token is asked for. */
export type TokenReason = "start" | "expiring" | "expired" | "rejected" | "switch";

export interface TokenRequest {
  readonly reason: TokenReason;
  /** Aborted when the answer is no longer wanted: time limit, logout, another identity. */
  readonly signal: AbortSignal;
}

/** An identity token as the host page has it. */
export type IdentityToken = { readonly contactJwt: string } | { readonly platformJwt: string };

/** OpenID Connect: an authorization code, with what it was asked for with. It works once. */
export interface AuthorizationCode {
  readonly authCode: string;
  /** The one that the code was issued for. */
  readonly redirectUri: string;
  /** PKCE (RFC 7636), where the page used it. */
  readonly codeVerifier?: string;
  readonly nonce?: string;
  /** In seconds. */
  readonly maxAge?: number;
  /** Issuer of the authorization response (RFC 9207). */
  readonly iss?: string;
}

/** OpenID Connect: an ID token that the page has. */
export interface PageIdToken {
  readonly idToken: string;
  readonly nonce?: string;
}

/** Input of `Messenger.login()`: what the page has, or how it gets it. A token beside a function is used first. */
export type LoginSource =
  | IdentityToken
  | AuthorizationCode
  | PageIdToken
  | Required<Pick<AuthProvider, "getToken">>
  | Required<Pick<AuthProvider, "getAuthCode">>;

/** Input of `Messenger.logout()`. */
export interface LogoutOptions {
  /** Ends the customer's sessions on all devices. */
  readonly everywhere?: boolean;
  /** Ends the session at the OpenID provider too: the page is navigated there once the logout is done. */
  readonly atProvider?: boolean;
}

export interface AuthProvider {
  /** A fresh token, or null for a visitor. */
  getToken?(request: TokenRequest): Promise<IdentityToken | null>;
  /**
   * OpenID Connect: the newest authorization code, or an ID token; null for a visitor. For pages that have no tokens of
   * their own: where a provider has both, `getToken` alone is asked, and its null is a visitor.
   */
  getAuthCode?(request: TokenRequest): Promise<AuthorizationCode | PageIdToken | null>;
  /** The visitor pressed “Sign in” in the messenger. */
  signIn?(): Promise<void>;
  /** The identity can't be renewed silently; the customer has to sign in again. */
  reAuthenticate?(): Promise<void>;
  /** The messenger was logged out. */
  signOut?(): Promise<void>;
}
