import type { Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import { type CompactToken, readCompact } from "../identity/compact.ts";
import { quote, readHeader, type TokenHeader, type TokenType } from "../identity/header.ts";
import type { JwkSets } from "../identity/jwk-sets.ts";
import type { VerificationKey } from "../identity/keys.ts";
import { isPublicKeyAlgorithm, type PublicKeyAlgorithm } from "../identity/public-key.ts";
import { verifySignature } from "../identity/signature.ts";
import type { JsonObject } from "../identity/strict-json.ts";
import type { Provider } from "./provider.ts";

/** What the steps that look at a token work with. */
export interface TokenChecks {
  readonly jwkSets: JwkSets;
  readonly limits: Limits;
}

export interface SignedToken {
  readonly compact: CompactToken;
  readonly payload: JsonObject;
  readonly alg: PublicKeyAlgorithm;
}

/**
 * Steps 1 to 4 of the gate, with the keys of the provider and no others: a key of the community signs Contact JWTs, never
 * what a provider says. HS256 is refused whatever the provider lists: the client secret would be the key, and whoever
 * registered the client knows it.
 *
 * @throws ProblemError `token_malformed`, `token_too_large`, `header_not_allowed`, `type_not_allowed`,
 *   `algorithm_not_allowed`, `key_id_required`, `key_unknown`, `keyset_unavailable`, `signature_invalid`
 */
export async function readSignedToken(
  { jwkSets, limits }: TokenChecks,
  token: string,
  type: TokenType,
  provider: Provider,
  communityId: string,
): Promise<SignedToken> {
  const { compact, ...header } = readUnverified(token, type, provider.algorithms, limits);
  await verifySignature(token, await findProviderKey(jwkSets, header, provider, communityId));
  return { compact, payload: compact.payload, alg: header.alg };
}

/** What the header of a provider's token says of its key. */
export interface ProviderTokenHeader {
  readonly alg: PublicKeyAlgorithm;
  readonly kid: string;
}

/** @throws ProblemError `key_unknown`, `keyset_unavailable`, `algorithm_not_allowed` */
export async function findProviderKey(
  jwkSets: JwkSets,
  { alg, kid }: ProviderTokenHeader,
  provider: Provider,
  communityId: string,
): Promise<VerificationKey> {
  const urls = [provider.jwksUri];
  const key = await jwkSets.find({ communityId, provider: provider.issuer, urls, kid, alg });
  if (!key) throw keyUnknown(kid);
  return key;
}

/** Steps 1 and 2, which need no key. @param algorithms the provider's; null where it does not say */
export function readUnverified(
  token: string,
  type: TokenType,
  algorithms: Provider["algorithms"],
  limits: Limits,
): ProviderTokenHeader & { readonly compact: CompactToken } {
  const compact = readCompact(token, limits);
  return { compact, ...checkProviderHeader(readHeader(compact.header, type), algorithms) };
}

/**
 * @param algorithms as above
 * @throws ProblemError `algorithm_not_allowed`, `key_id_required`
 */
export function checkProviderHeader(
  { alg, kid }: TokenHeader,
  algorithms: Provider["algorithms"],
): ProviderTokenHeader {
  if (!isPublicKeyAlgorithm(alg) || algorithms?.includes(alg) === false)
    throw new ProblemError("algorithm_not_allowed", {
      detail: `The token's alg is ${quote(alg)}; the OpenID provider's public keys are for ${algorithms?.filter(isPublicKeyAlgorithm).join(", ") ?? "others"}.`,
    });
  if (kid === null)
    throw new ProblemError("key_id_required", {
      detail: "The OpenID provider's token has no kid, which is what its key is found by.",
    });
  return { alg, kid };
}

export const keyUnknown = (kid: string): ProblemError =>
  new ProblemError("key_unknown", {
    detail: `The token's kid is ${quote(kid)}; the OpenID provider's JWK set has no such key.`,
  });
