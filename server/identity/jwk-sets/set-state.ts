/** What is known of one JWK set, and what follows from it: decisions only. */

import type { ReadSet, SetKey } from "./read-set.ts";

export interface KnownSet extends ReadSet {
  /** When the fetch that brought it was begun. */
  readonly fetchedAt: number;
}

export type SetState =
  /** Since the start of this process; `known` is what the store had. */
  | { readonly kind: "unfetched"; readonly known: KnownSet | null }
  | { readonly kind: "fresh"; readonly known: KnownSet; readonly refreshAt: number }
  | {
      readonly kind: "failing";
      readonly known: KnownSet | null;
      readonly since: number;
      readonly failures: number;
      readonly retryAt: number;
      /** Of the last failure: a sentence for operators. */
      readonly reason: string;
    };

const second = 1000;
const minute = 60 * second;

/** Two refreshes fit into the ten minutes within which a removed key stops. */
const refreshMs = 5 * minute;
/** How long known keys outlive the last success. */
const servingMs = 24 * 60 * minute;
/** A set that is asked for unknown keys is fetched no more often than this. */
const betweenAsksMs = 5 * second;
const firstRetryMs = second;
/** Short enough that keys rotated during an outage are known a minute after it. */
const longestRetryMs = minute;
/** How far ahead the clock of another node may be, which stored the set. */
const clockSkewMs = minute;

/** @param random 0 to 1: the nodes of a cluster spread their refreshes */
export const afterSuccess = (known: KnownSet, random: number): SetState => ({
  kind: "fresh",
  known,
  refreshAt: known.fetchedAt + refreshMs * (1 - 0.1 * random),
});

/** Backs off exponentially. @param random 0 to 1: those who failed together do not come back together */
export function afterFailure(state: SetState, reason: string, now: number, random: number): SetState {
  const failures = state.kind === "failing" ? state.failures + 1 : 1;
  const wait = Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
  return {
    kind: "failing",
    known: state.known,
    since: state.kind === "failing" ? state.since : now,
    failures,
    retryAt: now + wait * (0.5 + 0.5 * random),
    reason,
  };
}

/** When the set is fetched again without anybody asking. A clock that was set back makes it due at once. */
export function dueAt(state: SetState, now: number): number {
  if (state.kind === "unfetched") return 0;
  if (state.kind === "failing") return now < state.since ? 0 : state.retryAt;
  return now < state.known.fetchedAt ? 0 : state.refreshAt;
}

/** Whether a token with an unknown `kid` is a reason to fetch. A failing endpoint is left alone until its next turn. */
export function mayAsk(state: SetState, now: number): boolean {
  if (state.kind !== "fresh") return now >= dueAt(state, now);
  return Math.abs(now - state.known.fetchedAt) >= betweenAsksMs;
}

const none: ReadonlyMap<string, SetKey> = new Map();

export function servingKeys({ known }: SetState, now: number): ReadonlyMap<string, SetKey> {
  return known !== null && isServing(known, now) ? known.keys : none;
}

function isServing({ fetchedAt }: KnownSet, now: number): boolean {
  const age = now - fetchedAt;
  return age >= -clockSkewMs && age < servingMs;
}

/** Whether a `kid` that the set does not have is one that nobody has. */
export const isConclusive = (state: SetState, now: number): boolean =>
  state.kind === "fresh" && isServing(state.known, now);

/** Takes away keys that have outlived the last success for too long. @returns the same state where there are none */
export function withoutExpired(state: SetState, now: number): SetState {
  const { known } = state;
  if (state.kind !== "failing" || known === null || known.keys.size === 0 || isServing(known, now))
    return state;
  return { ...state, known: { ...known, keys: none } };
}

export const servesUntil = (known: KnownSet): number => known.fetchedAt + servingMs;
