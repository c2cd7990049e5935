import { type JwkSetStatus, type JwkSets, type KeyRequest, keysetUnavailable } from "../jwk-sets.ts";
import { servingOnly } from "../keyring.ts";
import type { VerificationKey } from "../keys.ts";
import { createFetchedSet, type FetchedSet, type FetchedSetParts } from "./fetched-set.ts";
import { dueAt, isConclusive, mayAsk, servingKeys } from "./set-state.ts";
import { createUnknownKidLimit, type UnknownKidLimit } from "./unknown-kid-limit.ts";

export interface JwkSetsParts extends Omit<FetchedSetParts, "signal"> {
  /** The addresses that are configured at present: these are kept fresh, others are forgotten. */
  readonly urls: () => Iterable<string>;
  /** Default: within this process. */
  readonly unknownKids?: UnknownKidLimit;
}

/** So many sets are refreshed at a time in the background. */
const maxRefreshes = 8;

/**
 * The sets of all communities. A token's key is found in memory; only a `kid` that no set has waits for a fetch, and all
 * tokens that wait share one.
 */
export function createJwkSets(parts: JwkSetsParts): JwkSets {
  const { clock, urls, unknownKids = createUnknownKidLimit(clock) } = parts;
  const closed = new AbortController();
  const sets = new Map<string, FetchedSet>();

  function setOf(url: string): FetchedSet {
    const known = sets.get(url);
    if (known) return known;
    const set = createFetchedSet(url, { ...parts, signal: closed.signal });
    sets.set(url, set);
    return set;
  }

  function keyIn(asked: readonly FetchedSet[], { kid, alg }: KeyRequest): VerificationKey | null {
    const now = clock.now();
    for (const set of asked) {
      const found = servingKeys(set.state(), now).get(kid);
      if (found) return servingOnly(found.key, alg);
    }
    return null;
  }

  /** Begins the fetches that the limits allow, and waits for all that are under way. */
  async function askAgain(
    asked: readonly FetchedSet[],
    { communityId, provider }: KeyRequest,
  ): Promise<void> {
    const asker = provider === undefined ? communityId : `${communityId} ${provider}`;
    const now = clock.now();
    const askable = asked.filter((set) => set.underWay() === null && mayAsk(set.state(), now));
    if (askable.length > 0 && !closed.signal.aborted && (await unknownKids.take(asker)))
      for (const set of askable) void set.refresh();
    // Looked up only now: of tokens that come together, the first one's fetch has begun while the others asked the limit.
    await Promise.all(asked.map((set) => set.underWay()));
  }

  function refreshDue(): void {
    const now = clock.now();
    const all = [...sets.values()];
    const free = maxRefreshes - all.filter((set) => set.underWay() !== null).length;
    const due = all
      .filter((set) => set.underWay() === null && now >= dueAt(set.state(), now))
      .sort((one, other) => dueAt(one.state(), now) - dueAt(other.state(), now));
    for (const set of due.slice(0, Math.max(free, 0))) void set.refresh();
  }

  return {
    async find(request) {
      const asked = request.urls.map(setOf);
      const known = keyIn(asked, request);
      if (known) return known;
      await Promise.all(asked.map((set) => set.loaded));
      const stored = keyIn(asked, request);
      if (stored) return stored;
      await askAgain(asked, request);
      const fetched = keyIn(asked, request);
      if (fetched) return fetched;
      // A set that can't be asked may have the key: the token may be right, and is worth another try.
      if (!asked.every((set) => isConclusive(set.state(), clock.now()))) throw keysetUnavailable(request.kid);
      return null;
    },

    sweep() {
      if (closed.signal.aborted) return;
      const configured = new Set(urls());
      for (const url of sets.keys()) if (!configured.has(url)) sets.delete(url);
      for (const url of configured) setOf(url).expire();
      refreshDue();
      unknownKids.sweep();
    },

    status: (asked) => asked.map((url) => statusOf(setOf(url), clock.now())),

    close: () => closed.abort(),
  };
}

function statusOf(set: FetchedSet, now: number): JwkSetStatus {
  const state = set.state();
  const failing = state.kind === "failing" ? state : null;
  return {
    url: set.url,
    fetchedAt: state.known?.fetchedAt ?? null,
    failingSince: failing?.since ?? null,
    failure: failing?.reason ?? null,
    keys: [...servingKeys(state, now)].map(([kid, { key }]) => ({ kid, alg: key.alg })),
    leftOut: state.known?.leftOut ?? [],
  };
}
