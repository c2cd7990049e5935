import type { Look, Observation, Position, Positions, Violation } from "./observation.ts";

/** What was certain when a look began. */
interface Certain {
  readonly lastSeq: number;
  readonly positions: Readonly<Record<Position, number>>;
}

const none: Certain["positions"] = { contactDelivered: 0, contactRead: 0, agentDelivered: 0, agentRead: 0 };
const all = Object.keys(none) as Position[];

/**
 * What was once confirmed, or told, no later look may fall behind; and no position goes beyond what was asked for. A look
 * under way while something is confirmed may or may not see it.
 */
export function checkPositions(history: readonly Observation[]): readonly Violation[] {
  const looks = new Map<Look, Certain>();
  const violations: Violation[] = [];
  let certain: Certain = { lastSeq: 0, positions: none };
  let asked = none;

  function learn(positions: Partial<Record<Position, number | null>>, lastSeq = 0): void {
    certain = {
      lastSeq: Math.max(certain.lastSeq, lastSeq),
      positions: greater(certain.positions, positions),
    };
  }

  function compare(before: Certain, lastSeq: number, positions: Positions | null): void {
    if (lastSeq < before.lastSeq)
      violations.push({
        rule: "stale",
        detail: `Told of ${lastSeq} messages where ${before.lastSeq} were certain.`,
      });
    for (const position of all) {
      const told = positions?.[position] ?? null;
      if (told === null) continue;
      if (told < before.positions[position])
        violations.push({
          rule: "receipt",
          detail: `${position} was ${before.positions[position]}, then ${told}.`,
        });
      if (told > asked[position])
        violations.push({ rule: "receipt", detail: `${position} is ${told}, asked for ${asked[position]}.` });
    }
  }

  for (const seen of history) {
    if (seen.kind === "acknowledged") learn({}, seen.seq ?? 0);
    else if (seen.kind === "marking") asked = greater(asked, implied(seen.position, seen.seq));
    else if (seen.kind === "marked") learn(implied(seen.position, seen.seq));
    else if (seen.kind === "looked") looks.set(seen.look, certain);
    else if (seen.kind === "told") {
      const before = looks.get(seen.look);
      if (before) compare(before, seen.lastSeq, seen.positions);
      learn(seen.positions ?? {}, seen.lastSeq);
    }
  }
  return violations;
}

/** What is read has been delivered. */
function implied(position: Position, seq: number): Partial<Record<Position, number>> {
  if (position === "contactRead") return { contactRead: seq, contactDelivered: seq };
  if (position === "agentRead") return { agentRead: seq, agentDelivered: seq };
  return { [position]: seq };
}

function greater(
  known: Certain["positions"],
  news: Partial<Record<Position, number | null>>,
): Certain["positions"] {
  if (all.every((position) => (news[position] ?? 0) <= known[position])) return known;
  return {
    contactDelivered: Math.max(known.contactDelivered, news.contactDelivered ?? 0),
    contactRead: Math.max(known.contactRead, news.contactRead ?? 0),
    agentDelivered: Math.max(known.agentDelivered, news.agentDelivered ?? 0),
    agentRead: Math.max(known.agentRead, news.agentRead ?? 0),
  };
}
