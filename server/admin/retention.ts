import type { Clock } from "../../shared/clock.ts";
import type { Community } from "../config/config.ts";
import type { Erased, ErasureStore, RetentionPolicy } from "../store/erasure-store.ts";

const dayMs = 86_400_000;

/** Between two walks through all conversations. */
const restMs = 3_600_000;

export interface Retention {
  /** Called about once a minute: takes the next few conversations, or rests. Never rejects. */
  sweep(): Promise<void>;
}

/**
 * Removes what the communities' policies keep no longer, a few conversations at a time. Any number of nodes may do so: what
 * another has removed is not there any more.
 */
export function createRetention(deps: {
  readonly store: Pick<ErasureStore, "expire">;
  readonly clock: Clock;
  readonly communities: () => Iterable<Community>;
  readonly erased: (erased: Erased) => void;
  readonly failed: (error: unknown) => void;
}): Retention {
  const { store, clock, communities, erased, failed } = deps;
  let restUntil = 0;
  let isWalking = false;

  async function walk(policy: RetentionPolicy): Promise<void> {
    let cursor: string | null = null;
    do {
      const expired = await store.expire(policy, cursor, clock.now());
      if (expired.messages > 0 || expired.contactIds.length > 0) erased(expired);
      cursor = expired.cursor;
    } while (cursor !== null);
  }

  return {
    async sweep() {
      const now = clock.now();
      if (isWalking || now < restUntil) return;
      isWalking = true;
      try {
        for (const community of communities()) {
          const policy = policyOf(community, now);
          if (policy) await walk(policy);
        }
        restUntil = now + restMs;
      } catch (error) {
        // Begins again with the next sweep.
        failed(error);
      } finally {
        isWalking = false;
      }
    },
  };
}

/** null: the community keeps everything. */
function policyOf({ id, retention }: Community, now: number): RetentionPolicy | null {
  const before = (days: number | null): number | null => (days === null ? null : now - days * dayMs);
  const messagesBefore = before(retention.messageDays);
  const visitorsBefore = before(retention.visitorDays);
  return messagesBefore === null && visitorsBefore === null
    ? null
    : { communityId: id, messagesBefore, visitorsBefore };
}
