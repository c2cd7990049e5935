import * as v from "valibot";
import type { Sealer } from "../config/secret.ts";
import type { SignInFacts } from "./id-token.ts";
import type { Provider } from "./provider.ts";
import { sealedJson } from "./sealed-json.ts";

/** A refresh token, whom it is for, and what the sign-in it came from said: sealed into the session's row. */
const refreshGrant = sealedJson("refreshGrant", {
  issuer: v.string(),
  clientId: v.string(),
  refreshToken: v.string(),
  sub: v.string(),
  authTimeSeconds: v.nullable(v.number()),
  nonce: v.nullable(v.string()),
});

export interface RefreshGrant {
  readonly refreshToken: string;
  readonly facts: SignInFacts;
}

/** @returns null where there is no refresh token */
export function sealGrant(
  sealer: Sealer,
  { issuer, clientId }: Provider,
  refreshToken: string | null,
  facts: SignInFacts,
): string | null {
  return refreshToken === null
    ? null
    : refreshGrant.seal(sealer, { issuer, clientId, refreshToken, ...facts });
}

/**
 * @returns null where it can't be opened, or is another provider's: after a change of the configuration the new one must
 *   not be shown the old one's refresh tokens
 */
export function openGrant(
  sealer: Sealer,
  { issuer, clientId }: Provider,
  sealed: string,
): RefreshGrant | null {
  const grant = refreshGrant.open(sealer, sealed);
  if (!grant || grant.issuer !== issuer || grant.clientId !== clientId) return null;
  const { refreshToken, sub, authTimeSeconds, nonce } = grant;
  return { refreshToken, facts: { sub, authTimeSeconds, nonce } };
}
