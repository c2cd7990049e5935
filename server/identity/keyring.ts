import { ProblemError } from "../../shared/problem-error.ts";
import type { Community } from "../config/config.ts";
import { quote, type TokenHeader } from "./header.ts";
import type { VerificationKey } from "./keys.ts";
import { isPublicKeyAlgorithm } from "./public-key.ts";

/**
 * The one key that may verify the token. The community's keys decide the algorithm; the token only says which of them it
 * claims (RFC 8725, sections 3.1 and 3.2).
 *
 * @throws ProblemError `algorithm_not_allowed`, `key_unknown`, `key_id_required`, `keyset_unavailable`
 */
export function findKey(
  { alg, kid }: TokenHeader,
  community: Pick<Community, "id" | "keys" | "jwksUrls">,
): VerificationKey {
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
  return kid === null ? theOnly(serving, remote) : named(kid, alg, community);
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

function named(
  kid: string,
  alg: string,
  { keys, jwksUrls }: Pick<Community, "keys" | "jwksUrls">,
): VerificationKey {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key?.alg === alg) return key;
  if (key)
    throw new ProblemError("algorithm_not_allowed", {
      detail: `The token's alg is ${quote(alg)}; the key ${quote(kid)} is for ${key.alg}.`,
    });
  if (jwksUrls.length > 0)
    throw new ProblemError("keyset_unavailable", {
      detail: `No configured key has kid ${quote(kid)}, and the community's JWK set can't be reached.`,
    });
  throw new ProblemError("key_unknown", {
    detail: `The token's kid is ${quote(kid)}; the community's are ${list(keys.map((known) => known.kid))}.`,
  });
}

const list = (names: readonly (string | null)[]): string =>
  [...new Set(names)].map((name) => (name === null ? "(none)" : name)).join(", ");
