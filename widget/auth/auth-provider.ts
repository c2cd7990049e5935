/** The plug-in seam: whatever knows who is signed in on the host page. `CONTRACT.md`, section 4. */

/** Why a token is asked for. */
export type TokenReason = "start" | "expiring" | "expired" | "rejected" | "switch";

export interface TokenRequest {
  readonly reason: TokenReason;
  /** Aborted when the answer is no longer wanted: time limit, logout, another identity. */
  readonly signal: AbortSignal;
}

/** An identity token as the host page has it. */
export type IdentityToken = { readonly contactJwt: string } | { readonly platformJwt: string };

export interface AuthProvider {
  /** A fresh token, or null for a visitor. */
  getToken?(request: TokenRequest): Promise<IdentityToken | null>;
  /** The visitor pressed “Sign in” in the messenger. */
  signIn?(): Promise<void>;
  /** The identity can't be renewed silently; the customer has to sign in again. */
  reAuthenticate?(): Promise<void>;
  /** The messenger was logged out. */
  signOut?(): Promise<void>;
}
