import type { MessageNumber } from "../message-number.ts";
import type { Observation, Violation } from "./observation.ts";

/** What became of messages on the writers' side. */
export interface Sends {
  readonly sent: ReadonlySet<MessageNumber>;
  /** The `seq` of each acknowledged message; null where nobody was told. */
  readonly acknowledged: ReadonlyMap<MessageNumber, number | null>;
  /**
   * Refused, or sent again, which a refusal that got lost with its connection may have preceded: later ones of its writer
   * may have overtaken it.
   */
  readonly doubted: ReadonlySet<MessageNumber>;
  readonly violations: readonly Violation[];
}

export function readSends(history: readonly Observation[]): Sends {
  const sent = new Set<MessageNumber>();
  const acknowledged = new Map<MessageNumber, number | null>();
  const doubted = new Set<MessageNumber>();
  const violations: Violation[] = [];
  for (const seen of history) {
    if (seen.kind === "sent") {
      if (sent.has(seen.message)) doubted.add(seen.message);
      sent.add(seen.message);
    } else if (seen.kind === "refused") {
      doubted.add(seen.message);
      if (!seen.retryable)
        violations.push({ rule: "refused", detail: `Message ${seen.message} was refused: ${seen.code}.` });
    } else if (seen.kind === "acknowledged") {
      const before = acknowledged.get(seen.message) ?? null;
      if (before !== null && seen.seq !== null && before !== seen.seq)
        violations.push({
          rule: "misplaced",
          detail: `Message ${seen.message} was acknowledged at ${before} and at ${seen.seq}.`,
        });
      acknowledged.set(seen.message, before ?? seen.seq);
    }
  }
  return { sent, acknowledged, doubted, violations };
}
