/** A short soak, of one node and of two; `npm run soak` is the long one. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findConditions, obstacle } from "../bench/soak/conditions.ts";
import { catalogue } from "../bench/soak/faults/catalogue.ts";
import { playRound, type RoundReport } from "../bench/soak/round.ts";
import { openShared, type Shared } from "../bench/soak/world/shared.ts";

const isCi = process.env.CI === "true";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "vouch-faults-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Setting {
  readonly seconds: number;
  readonly shared?: Shared;
  readonly mutant?: string;
}

function play(names: readonly string[], { seconds, shared, mutant }: Setting): Promise<RoundReport> {
  const faults = catalogue.filter(({ name }) => names.includes(name));
  return playRound({
    seed: names.join("+"),
    faults,
    seconds,
    conversations: 6,
    nodes: shared ? 2 : 1,
    shared: shared ?? null,
    directory: join(directory, names.join("+")),
    freezeMs: 3000,
    ...(mutant !== undefined && {
      patienceMs: 3000,
      main: join(import.meta.dirname, "../bench/soak/mutants/main.ts"),
      env: { SOAK_MUTANT: mutant },
    }),
  });
}

/**
 * @returns whether these can be played here; where not it is said why
 * @throws with CI=true: there nothing is skipped, but for file systems, which root alone may mount
 */
async function isPlayable(names: readonly string[], shared: Shared | null): Promise<boolean> {
  const conditions = await findConditions(shared);
  const reasons = catalogue
    .filter(({ name }) => names.includes(name))
    .flatMap((fault) => obstacle(fault, conditions) ?? []);
  if (reasons.length === 0) return true;
  const said = `Not played, ${names.join(" + ")}: ${reasons.join("; ")}.`;
  if (isCi && reasons.some((reason) => reason !== conditions.smallDisk)) throw new Error(said);
  console.warn(said);
  return false;
}

function expectWhole(report: RoundReport): void {
  expect([...report.violations, ...report.incidents]).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(20);
  expect(report.stored).toBe(report.acknowledged);
}

describe("nothing is lost, doubled or out of order while one node meets", () => {
  test.for([
    "kill + doubled-frames",
    "kill + clock",
    "freeze + reset",
    "restart + latency",
    "stall + throttle",
    "half-open",
    "disk-refuses + kill",
    "disk-full + doubled-frames",
  ])("%s", { timeout: 120_000 }, async (together, { skip }) => {
    const names = together.split(" + ");
    if (!(await isPlayable(names, null))) skip();
    expectWhole(await play(names, { seconds: 4 }));
  });
});

describe("nothing is lost, doubled or out of order while two nodes meet", () => {
  let shared: Shared | null = null;
  beforeAll(async () => {
    try {
      shared = await openShared((line) => console.warn(line));
    } catch (error) {
      if (isCi) throw error;
      console.warn(`Not played: ${error instanceof Error ? error.message : error}`);
    }
  }, 60_000);
  afterAll(() => shared?.stop());

  test.for([
    "kill + redis-clients",
    "kill + database-terminate",
    "database-crash + reset",
    "database-line + doubled-frames",
    "redis-restart + redis-line",
    "restart + freeze",
  ])("%s", { timeout: 120_000 }, async (together, { skip }) => {
    const names = together.split(" + ");
    if (shared === null || !(await isPlayable(names, shared))) return skip();
    expectWhole(await play(names, { seconds: 5, shared }));
  });
});

describe("a server that breaks a promise is found out:", () => {
  test.for([
    ["acknowledges before it stores", ["kill"], ["lost"], 3],
    ["stores repetitions", ["doubled-frames"], ["altered", "misplaced"], 3],
    ["forgets some of a page", ["reset"], ["gap"], 3],
    ["turns a page around", ["reset"], ["gap", "out of order"], 3],
    // Somebody has to ask for the position after somebody has read.
    ["forgets how far was read", ["reset"], ["receipt"], 8],
  ] as const)("it %s", { timeout: 240_000 }, async ([mutant, faults, rules, seconds]) => {
    const found = new Set<string>();
    // On a busy machine too little may happen in the time of one round.
    for (let round = 0; round < 4 && !rules.every((rule) => found.has(rule)); round++)
      for (const rule of Object.keys((await play(faults, { seconds, mutant })).rules)) found.add(rule);
    expect([...found]).toEqual(expect.arrayContaining([...rules]));
  });
});
