import { expect, test } from "vitest";
import { roundLine, sumUp } from "./report.ts";
import type { RoundReport } from "./round.ts";

const round: RoundReport = {
  seed: "a/0",
  faults: ["kill", "reset"],
  sent: 110,
  resent: 10,
  acknowledged: 100,
  delivered: 300,
  reconnects: 7,
  kills: 2,
  strikes: { kill: 2, reset: 5 },
  stored: 100,
  acknowledgedPerSecond: 50,
  settledMs: 300,
  violations: [],
  rules: {},
  incidents: [],
};
const run = { seed: "a", store: "SQLite", nodes: 1, minutes: 1 };

test("adds up what the rounds did", () => {
  const report = sumUp(run, [round, { ...round, strikes: { kill: 3 }, kills: 3, settledMs: 900 }]);
  expect(report).toMatchObject({
    rounds: 2,
    acknowledged: 200,
    acknowledgedPerSecond: 3,
    kills: 5,
    strikes: { kill: 5, reset: 5 },
    slowestToSettleMs: 900,
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    other: 0,
  });
});

test("counts each violation once, under what it comes to", () => {
  const rules = { lost: 1, undelivered: 2, doubled: 1, conflict: 3, receipt: 1 };
  const violations = Array.from({ length: 8 }, (_, index) => `violation ${index}`);
  const report = sumUp(run, [{ ...round, rules, violations, incidents: ["a node ended"] }]);
  expect(report).toMatchObject({ lost: 3, doubled: 1, outOfOrder: 3, other: 1 });
  expect(report.violations[0]).toBe("a/0: violation 0");
  expect(report.incidents).toEqual(["a/0: a node ended"]);
});

test("a line says whether a round was wrong", () => {
  expect(roundLine(3, round)).toContain("kill + reset");
  expect(roundLine(3, round)).not.toContain("WRONG");
  expect(roundLine(3, { ...round, incidents: ["a node ended"] })).toContain("1 WRONG");
});
