import { ProblemError } from "../../shared/problem-error.ts";
import { quote } from "./header.ts";
import type { TokenAlgorithm, VerificationKey } from "./keys.ts";

/** Whose token asks for a key, and where its keys are. */
export interface KeyRequest {
  readonly communityId: string;
  /**
   * The OpenID provider that signed the token; absent: one of the community's own keys did. Their unknown kids are counted
   * apart: anybody may flood the one with logout tokens, and would keep a new key of the other from being fetched.
   */
  readonly provider?: string;
  readonly urls: readonly string[];
  readonly kid: string;
  readonly alg: string;
}

/** JWK sets by URL, fetched when needed and kept fresh (`docs/configuration.md`, “Keys”). */
export interface JwkSets {
  /**
   * @returns null: the sets are known and none has a key of this id
   * @throws ProblemError `keyset_unavailable`; `algorithm_not_allowed` where the key of this id is for another algorithm
   */
  find(request: KeyRequest): Promise<VerificationKey | null>;
  /** Called about once a second: refreshes what is due, in the background. */
  sweep(): void;
  /** For administrators; in the order of `urls`. */
  status(urls: readonly string[]): readonly JwkSetStatus[];
  /** Ends what is under way. Idempotent. */
  close(): void;
}

/** A key of a set that verifies nothing here. */
export interface KeyLeftOut {
  /** Its place in `keys`. */
  readonly index: number;
  /** null: it has none, or none that could be a `kid`. */
  readonly kid: string | null;
  /** `n has 1024 bits; 2048 to 8192 are allowed` */
  readonly reason: string;
}

export interface JwkSetStatus {
  readonly url: string;
  /** Milliseconds since 1970-01-01 UTC of the last success; null: there was none. */
  readonly fetchedAt: number | null;
  /** Of the first failure since then; null: the last fetch succeeded, or none has ended yet. */
  readonly failingSince: number | null;
  /** A sentence with cause and fix, for operators only: it may tell of the network. */
  readonly failure: string | null;
  /** What verifies tokens now: empty once the last success is 24 hours old. */
  readonly keys: readonly { readonly kid: string; readonly alg: TokenAlgorithm }[];
  readonly leftOut: readonly KeyLeftOut[];
}

/** Where nothing is fetched: whatever a set might hold is unavailable. */
export const noJwkSets: JwkSets = {
  find: async ({ kid }) => {
    throw keysetUnavailable(kid);
  },
  sweep() {},
  status: () => [],
  close() {},
};

/** Says nothing of the cause, which may tell of our network: whoever presents a token reads this. */
export const keysetUnavailable = (kid: string): ProblemError =>
  new ProblemError("keyset_unavailable", {
    detail: `No configured key has kid ${quote(kid)}, and the community's JWK set can't be reached.`,
  });
