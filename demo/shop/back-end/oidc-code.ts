import { createHash, randomBytes } from "node:crypto";

/** What the shop registered at its OpenID provider. */
export interface OidcClient {
  /** Of the provider; in earnest it is read from the discovery document, as all addresses are. */
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
}

/** Kept in a signed cookie while the customer is at the provider: the answer must be this browser's. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly to: string;
}

/** What `getAuthCode` hands to the messenger. The companion exchanges the code; it works once. */
export interface HandedCode {
  readonly authCode: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  readonly iss: string;
}

const random = (): string => randomBytes(32).toString("base64url");

/** Where the customer is sent (OpenID Connect Core 1.0, section 3.1.2.1), with PKCE (RFC 7636). */
export function beginSignIn(
  client: OidcClient,
  to: string,
  silent: boolean,
): { readonly address: string; readonly pending: PendingSignIn } {
  const pending = { state: random(), nonce: random(), codeVerifier: random(), to };
  const query = new URLSearchParams({
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    scope: "openid profile email",
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: createHash("sha256").update(pending.codeVerifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(silent && { prompt: "none" }),
  });
  return { address: `${client.issuer}/auth?${query}`, pending };
}

/** @returns null where the provider says no, or where the answer belongs to another sign-in */
export function takeCode(
  client: OidcClient,
  answer: URLSearchParams,
  pending: PendingSignIn,
): HandedCode | null {
  const authCode = answer.get("code");
  if (!authCode || answer.get("state") !== pending.state || answer.get("iss") !== client.issuer) return null;
  const { codeVerifier, nonce } = pending;
  return { authCode, redirectUri: client.redirectUri, codeVerifier, nonce, iss: client.issuer };
}
