import type { Clock } from "../../../shared/clock.ts";
import type { AuditLog } from "../../audit/audit-log.ts";
import { type GuardedFetch, OutboundRefused } from "../../outbound/guarded-fetch.ts";
import type { JwkSetStore } from "../../store/jwk-set-store.ts";
import { decodeSet, JwkSetFault, readJwkSet } from "./read-set.ts";
import { setEvents } from "./set-events.ts";
import { afterFailure, afterSuccess, type SetState, withoutExpired } from "./set-state.ts";

export interface FetchedSetParts {
  readonly fetch: GuardedFetch;
  readonly store: JwkSetStore;
  readonly clock: Clock;
  readonly audit: AuditLog;
  /** 0 to 1. */
  readonly random: () => number;
  /** Told of faults of ours and of the store; those of the endpoint are part of the state. */
  readonly failed: (error: unknown) => void;
  /** Aborted: nothing is fetched and nothing changes any more. */
  readonly signal: AbortSignal;
}

/** The JWK set of one address. */
export interface FetchedSet {
  readonly url: string;
  state(): SetState;
  /** Once what the store had is part of the state. */
  readonly loaded: Promise<void>;
  /** The fetch under way; null: there is none. */
  underWay(): Promise<void> | null;
  /** Joins the fetch under way, or begins one. Never rejects. */
  refresh(): Promise<void>;
  /** Lets keys go that have outlived the last success for too long. */
  expire(): void;
}

const maxBytes = 256 * 1024;
const timeoutMs = 3000;

export function createFetchedSet(url: string, parts: FetchedSetParts): FetchedSet {
  const { fetch, store, clock, audit, random, failed, signal } = parts;
  let state: SetState = { kind: "unfetched", known: null };
  let underWay: Promise<void> | null = null;
  const loaded = load().catch(failed);

  async function load(): Promise<void> {
    const stored = await store.jwkSet(url);
    if (stored === null) return;
    const set = await readJwkSet(stored.document, clock.now());
    state = { kind: "unfetched", known: { ...set, fetchedAt: stored.fetchedAt } };
  }

  function move(next: SetState): void {
    if (next === state || signal.aborted) return;
    for (const event of setEvents(url, state, next)) audit.note(event);
    state = next;
  }

  async function attempt(): Promise<void> {
    const fetchedAt = clock.now();
    try {
      const document = await download();
      const set = await readJwkSet(document, fetchedAt);
      await loaded;
      move(afterSuccess({ ...set, fetchedAt }, random()));
      // Not waited for: what was fetched serves whether or not it can be kept.
      if (!signal.aborted) store.saveJwkSet({ url, document, fetchedAt }).catch(failed);
    } catch (error) {
      await loaded;
      move(afterFailure(state, reasonOf(error), clock.now(), random()));
    }
  }

  async function download(): Promise<string> {
    const { status, body } = await fetch(url, {
      headers: { accept: "application/jwk-set+json, application/json" },
      maxBytes,
      timeoutMs,
      signal,
    });
    if (status !== 200) throw new JwkSetFault(`The answer has status ${status}; serve the JWK set with 200.`);
    return decodeSet(body);
  }

  function reasonOf(error: unknown): string {
    if (error instanceof OutboundRefused || error instanceof JwkSetFault) return error.message;
    failed(error);
    return "The set could not be read by a fault of this server; see its log.";
  }

  return {
    url,
    state: () => state,
    loaded,
    underWay: () => underWay,
    refresh: () =>
      (underWay ??= attempt().finally(() => {
        underWay = null;
      })),
    expire: () => move(withoutExpired(state, clock.now())),
  };
}
