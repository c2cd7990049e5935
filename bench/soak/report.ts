import type { RoundReport } from "./round.ts";

/** What a whole run comes to. */
export interface SoakReport {
  readonly seed: string;
  readonly store: string;
  readonly nodes: number;
  readonly minutes: number;
  readonly rounds: number;
  readonly acknowledged: number;
  readonly acknowledgedPerSecond: number;
  readonly stored: number;
  readonly delivered: number;
  /** Sent again after a doubt. */
  readonly resent: number;
  readonly kills: number;
  readonly strikes: Readonly<Record<string, number>>;
  readonly reconnects: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Violations of every other rule. */
  readonly other: number;
  readonly slowestToSettleMs: number;
  readonly violations: readonly string[];
  readonly incidents: readonly string[];
}

const lostRules = ["lost", "gap", "undelivered", "stale"];
const doubledRules = ["doubled", "misplaced"];
const orderRules = ["out of order", "conflict"];

export function sumUp(
  run: Pick<SoakReport, "seed" | "store" | "nodes" | "minutes">,
  rounds: readonly RoundReport[],
): SoakReport {
  const sum = (figure: (round: RoundReport) => number): number =>
    rounds.reduce((total, round) => total + figure(round), 0);
  const broken = (rules: readonly string[]): number =>
    sum((round) => rules.reduce((total, rule) => total + (round.rules[rule] ?? 0), 0));
  const known = [...lostRules, ...doubledRules, ...orderRules];
  return {
    ...run,
    rounds: rounds.length,
    acknowledged: sum(({ acknowledged }) => acknowledged),
    acknowledgedPerSecond: Math.round(sum(({ acknowledged }) => acknowledged) / (run.minutes * 60)),
    stored: sum(({ stored }) => stored),
    delivered: sum(({ delivered }) => delivered),
    resent: sum(({ resent }) => resent),
    kills: sum(({ kills }) => kills),
    strikes: strikesByFault(rounds),
    reconnects: sum(({ reconnects }) => reconnects),
    lost: broken(lostRules),
    doubled: broken(doubledRules),
    outOfOrder: broken(orderRules),
    other: sum(({ violations }) => violations.length) - broken(known),
    slowestToSettleMs: Math.max(0, ...rounds.map(({ settledMs }) => settledMs)),
    violations: rounds.flatMap(({ seed, violations }) => violations.map((text) => `${seed}: ${text}`)),
    incidents: rounds.flatMap(({ seed, incidents }) => incidents.map((text) => `${seed}: ${text}`)),
  };
}

function strikesByFault(rounds: readonly RoundReport[]): Record<string, number> {
  const strikes: Record<string, number> = {};
  for (const round of rounds)
    for (const [fault, count] of Object.entries(round.strikes))
      strikes[fault] = (strikes[fault] ?? 0) + count;
  return strikes;
}

/** One line about a round, while the run goes on. */
export function roundLine(number: number, round: RoundReport): string {
  const { faults, strikes, acknowledged, acknowledgedPerSecond, reconnects, kills, settledMs } = round;
  const struck = Object.values(strikes).reduce((sum, count) => sum + count, 0);
  const wrong = round.violations.length + round.incidents.length;
  return [
    `${number}`.padStart(4),
    (faults.join(" + ") || "no fault").padEnd(34),
    `${acknowledged} acknowledged (${acknowledgedPerSecond}/s)`.padEnd(30),
    `${struck} strikes, ${kills} kills, ${reconnects} reconnects, quiet in ${settledMs} ms`,
    wrong === 0 ? "" : `  ${wrong} WRONG`,
  ].join(" ");
}
