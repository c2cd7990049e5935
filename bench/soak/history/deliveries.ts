import type { MessageNumber } from "../message-number.ts";
import type { Look, Observation, Reader, Violation } from "./observation.ts";

/** Where a look has come to. */
interface Progress {
  readonly reader: Reader;
  cursor: number;
  /** Left out before the cursor. */
  readonly missed: Set<number>;
}

/** Each look in order and without gaps, each reader to the end, everybody what is stored. */
export function checkDeliveries(
  history: readonly Observation[],
  order: readonly MessageNumber[],
): readonly Violation[] {
  const looks = new Map<Look, Progress>();
  /** How far each has come in all looks together. */
  const readers = new Map<Reader, number>();
  const violations: Violation[] = [];

  function agree(reader: Reader, seq: number, message: MessageNumber): void {
    const stored = order[seq - 1];
    if (stored === message) return;
    violations.push({
      rule: stored === undefined ? "lost" : "conflict",
      detail: `${reader} was given ${message} at ${seq}, where ${stored ?? "nothing"} is stored.`,
    });
  }

  function deliver(look: Look, seq: number): Reader {
    const progress = looks.get(look);
    if (!progress) return "nobody";
    const { reader, cursor } = progress;
    const fault = outOfStep(progress, seq);
    if (fault !== null)
      violations.push({ rule: fault, detail: `${reader} was given ${seq} after ${cursor} in look ${look}.` });
    for (let missed = cursor + 1; missed < seq; missed++) progress.missed.add(missed);
    progress.missed.delete(seq);
    progress.cursor = Math.max(cursor, seq);
    const before = readers.get(reader) ?? 0;
    if (seq === before + 1) readers.set(reader, seq);
    return reader;
  }

  for (const seen of history) {
    if (seen.kind === "looked") {
      looks.set(seen.look, { reader: seen.reader, cursor: seen.afterSeq, missed: new Set() });
      if (!readers.has(seen.reader)) readers.set(seen.reader, 0);
    } else if (seen.kind === "delivered") agree(deliver(seen.look, seen.seq), seen.seq, seen.message);
    else if (seen.kind === "heard") agree(seen.reader, seen.seq, seen.message);
    else if (seen.kind === "altered")
      violations.push({ rule: "altered", detail: `${seen.reader} was given ${seen.what} at ${seen.seq}.` });
  }
  for (const [reader, cursor] of readers) {
    if (cursor < order.length)
      violations.push({
        rule: "undelivered",
        detail: `${reader} has ${cursor} of ${order.length} messages.`,
      });
  }
  return violations;
}

function outOfStep({ cursor, missed }: Progress, seq: number): "gap" | "doubled" | "out of order" | null {
  if (seq === cursor + 1) return null;
  if (seq > cursor) return "gap";
  return missed.has(seq) ? "out of order" : "doubled";
}
