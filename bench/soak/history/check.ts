/**
 * Judges what was seen of one conversation: acknowledged ⊆ stored ⊆ delivered, each once, `seq` dense, the same order for
 * everyone, nothing under two `seq`s, positions never back. Pure; empty where all is well.
 */

import { checkDeliveries } from "./deliveries.ts";
import type { Observation, Violation } from "./observation.ts";
import { checkPositions } from "./positions.ts";
import { readSends } from "./sends.ts";
import { readStored } from "./stored.ts";

export function check(history: readonly Observation[]): readonly Violation[] {
  const sends = readSends(history);
  const stored = readStored(history, sends);
  return [
    ...sends.violations,
    ...stored.violations,
    ...checkDeliveries(history, stored.order),
    ...checkPositions(history),
  ];
}
