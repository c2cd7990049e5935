/** Round after round until the time is over. */

import { join } from "node:path";
import { findConditions, obstacle } from "./conditions.ts";
import { catalogue } from "./faults/catalogue.ts";
import type { Fault } from "./faults/fault.ts";
import { createPlan } from "./plan.ts";
import { roundLine, type SoakReport, sumUp } from "./report.ts";
import { playRound, type RoundReport } from "./round.ts";
import type { Shared } from "./world/shared.ts";

export interface SoakOptions {
  readonly seed: string;
  readonly minutes: number;
  readonly nodes: number;
  readonly shared: Shared | null;
  /** Names; null: all there are. */
  readonly faults: readonly string[] | null;
  readonly secondsPerRound: number;
  readonly conversations: number;
  readonly freezeMs: number;
  /** The first round to play, from 0: to see one again. */
  readonly from: number;
  /** Holds a directory for each round. */
  readonly directory: string;
  /** Once it is aborted the round under way is the last. */
  readonly signal: AbortSignal;
  /** One line at a time. */
  tell(line: string): void;
}

/** Settles with its report also where something was wrong; rejects where a round could not be played to its end. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seed, minutes, nodes, shared, tell } = options;
  const faults = await chooseFaults(options);
  const plan = createPlan(seed, faults);
  const began = performance.now();
  const elapsedMinutes = () => (performance.now() - began) / 60_000;
  const rounds: RoundReport[] = [];
  const goesOn = () => rounds.length === 0 || (elapsedMinutes() < minutes && !options.signal.aborted);
  for (let round = options.from; goesOn(); round++) {
    const report = await playRound({
      ...options,
      seed: `${seed}/${round}`,
      seconds: options.secondsPerRound,
      faults: plan(round),
      directory: join(options.directory, `round-${round}`),
    });
    rounds.push(report);
    tell(roundLine(round, report));
    for (const wrong of [...report.violations, ...report.incidents].slice(0, 10)) tell(`     ${wrong}`);
    if (report.violations.length + report.incidents.length > 0)
      tell(`     kept in ${join(options.directory, `round-${round}`)}`);
  }
  const store = shared ? "PostgreSQL" : "SQLite";
  return sumUp({ seed, store, nodes, minutes: elapsedMinutes() }, rounds);
}

async function chooseFaults({ faults, shared, tell }: SoakOptions): Promise<readonly Fault[]> {
  const conditions = await findConditions(shared);
  const wanted = catalogue.filter(({ name }) => faults === null || faults.includes(name));
  return wanted.filter((fault) => {
    const reason = obstacle(fault, conditions);
    if (reason !== null) tell(`without ${fault.name}: ${reason}`);
    return reason === null;
  });
}
