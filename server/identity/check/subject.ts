import type { Limits } from "../../../shared/limits.ts";
import type { Community, Config, Deployment } from "../../config/config.ts";
import type { JwkSets } from "../jwk-sets.ts";
import type { VerificationKey } from "../keys.ts";
import type { LenientReading } from "./lenient-reading.ts";
import type { JudgedKind, TokenKind } from "./recognise.ts";

/** What is being reported on, and what it is compared with. */
export interface Subject {
  readonly token: string;
  readonly reading: LenientReading;
  readonly kind: TokenKind;
  readonly judgedAs: JudgedKind;
  readonly community: Community;
  /** null: none in particular. */
  readonly deployment: Deployment | null;
  /** All communities: a token that was meant for another one is told so. */
  readonly communities: Config["communities"];
  readonly deployments: Config["deployments"];
  /** What the page would name beside an ID token; null: nothing. */
  readonly nonce: string | null;
  readonly jwkSets: JwkSets;
  readonly limits: Limits;
  readonly nowMs: number;
}

export interface OwnedKey {
  readonly communityId: string;
  readonly key: VerificationKey;
}

/** Keys that are compared with a signature, at most: a report is one request. */
const maxKeys = 200;

/** The community's own first. */
export function knownKeys({
  community,
  communities,
}: Pick<Subject, "community" | "communities">): OwnedKey[] {
  const others = [...communities.values()].filter(({ id }) => id !== community.id);
  return [community, ...others]
    .flatMap(({ id, keys }) => keys.map((key) => ({ communityId: id, key })))
    .slice(0, maxKeys);
}

export const ownedBy = ({ communityId, key }: OwnedKey, { id }: Community): string => {
  const name = key.kid === null ? `the ${key.alg} key without an id` : `the key “${key.kid}”`;
  return communityId === id ? name : `${name} of the community ${communityId}`;
};
