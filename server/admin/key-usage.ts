import type { Clock } from "../../shared/clock.ts";
import type { KeyUse, KeyUseStore } from "../store/key-use-store.ts";

/**
 * When each key last verified a token: tells the operator that the old one may go. Kept in memory and written now and
 * then: a crash loses a minute of it, a sign-in waits for none of it.
 */
export interface KeyUsage {
  used(communityId: string, kid: string): void;
  /** Milliseconds since 1970-01-01 UTC, by `kid`. */
  lastUses(communityId: string): Promise<ReadonlyMap<string, number>>;
  /** Called about once a minute, and before the store is closed. */
  write(): Promise<void>;
}

export function createKeyUsage({ store, clock }: { store: KeyUseStore; clock: Clock }): KeyUsage {
  /** Not written yet: by community, then by `kid`. Both are configured, so there are few. */
  let unwritten = new Map<string, Map<string, number>>();

  return {
    used(communityId, kid) {
      usesOf(communityId).set(kid, clock.now());
    },
    async lastUses(communityId) {
      const recent = unwritten.get(communityId) ?? [];
      const stored = await store.keyUses(communityId);
      return new Map([...stored.map(({ kid, usedAt }) => [kid, usedAt] as const), ...recent]);
    },
    async write() {
      const written = unwritten;
      if (written.size === 0) return;
      unwritten = new Map();
      try {
        await store.recordKeyUses(listed(written));
      } catch (error) {
        for (const { communityId, kid, usedAt } of listed(written)) keep(communityId, kid, usedAt);
        throw error;
      }
    },
  };

  function usesOf(communityId: string): Map<string, number> {
    const uses = unwritten.get(communityId) ?? new Map<string, number>();
    unwritten.set(communityId, uses);
    return uses;
  }

  /** Puts back what could not be written, unless the key was used again meanwhile. */
  function keep(communityId: string, kid: string, usedAt: number): void {
    const uses = usesOf(communityId);
    if (!uses.has(kid)) uses.set(kid, usedAt);
  }
}

const listed = (uses: ReadonlyMap<string, ReadonlyMap<string, number>>): readonly KeyUse[] =>
  [...uses].flatMap(([communityId, kids]) =>
    [...kids].map(([kid, usedAt]) => ({ communityId, kid, usedAt })),
  );
