import { ProblemError } from "../../shared/problem-error.ts";
import type { Community } from "../config/config.ts";
import { quote, type TokenHeader } from "./header.ts";
import type { JwkSets } from "./jwk-sets.ts";
import type { VerificationKey } from "./keys.ts";
import { isPublicKeyAlgorithm } from "./public-key.ts";

/**
 * The one key that may verify the token. The community's keys decide the algorithm; the token only says which of them it
 * claims (RFC 8725, sections 3.1 and 3.2). A `kid` that a configured key has never goes to a set: whoever runs the set
 * can't take a configured key's place.
 *
 * @returns a promise only where a JWK set by URL has to be asked
 * @throws ProblemError `algorithm_not_allowed`, `key_unknown`, `key_id_required`, `keyset_unavailable`
 */
export function findKey(
  { alg, kid }: TokenHeader,
  community: Pick<Community, "id" | "keys" | "jwksUrls">,
  jwkSets: JwkSets,
): VerificationKey | Promise<VerificationKey> {
  const { keys } = community;
  // Secrets are never fetched, so a JWK set by URL serves the other algorithms only.
  const remote = community.jwksUrls.length > 0 && isPublicKeyAlgorithm(alg);
  const serving = keys.filter((key) => key.alg === alg);
  if (serving.length === 0 && !remote)
    throw new ProblemError("algorithm_not_allowed", {
      detail: keys.length
        ? `The token's alg is ${quote(alg)}; the community's keys use ${list(keys.map((key) => key.alg))}.`
        : `The token's alg is ${quote(alg)}; the community has no keys.`,
    });
  if (kid === null) return theOnly(serving, remote);
  return (
    configured(kid, alg, keys) ?? (remote ? fetched(kid, alg, community, jwkSets) : unknown(kid, community))
  );
}

/** A JWK set by URL is never a reason to guess: its key could be the one that signed. */
function theOnly(serving: readonly VerificationKey[], remote: boolean): VerificationKey {
  const [key, second] = serving;
  if (!key || second || remote)
    throw new ProblemError("key_id_required", {
      detail: `The token has no kid and ${second ? `${serving.length} keys` : "more than one key"} could serve.`,
    });
  return key;
}

function configured(kid: string, alg: string, keys: readonly VerificationKey[]): VerificationKey | null {
  const key = keys.find((candidate) => candidate.kid === kid);
  return key ? servingOnly(key, alg) : null;
}

async function fetched(
  kid: string,
  alg: string,
  community: Pick<Community, "id" | "keys" | "jwksUrls">,
  jwkSets: JwkSets,
): Promise<VerificationKey> {
  const { id: communityId, jwksUrls: urls } = community;
  return (await jwkSets.find({ communityId, urls, kid, alg })) ?? unknown(kid, community);
}

function unknown(kid: string, { keys, jwksUrls }: Pick<Community, "keys" | "jwksUrls">): never {
  const sets = jwksUrls.length > 0 ? ", and no JWK set that it fetches has the token's" : "";
  const expected = keys.length > 0 ? list(keys.map((known) => known.kid)) : "none";
  throw new ProblemError("key_unknown", {
    detail: `The token's kid is ${quote(kid)}; the community's are ${expected}${sets}.`,
  });
}

/** @throws ProblemError `algorithm_not_allowed` */
export function servingOnly(key: VerificationKey, alg: string): VerificationKey {
  if (key.alg === alg) return key;
  throw new ProblemError("algorithm_not_allowed", {
    detail: `The token's alg is ${quote(alg)}; the key ${quote(key.kid)} is for ${key.alg}.`,
  });
}

const list = (names: readonly (string | null)[]): string =>
  [...new Set(names)].map((name) => (name === null ? "(none)" : name)).join(", ");
