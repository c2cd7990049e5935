import { expect, test } from "vitest";
import { ProblemError } from "../../shared/problem-error.ts";
import { logCause } from "./causes.ts";
import { createLog } from "./log.ts";

test("the cause of what is unavailable is logged, every five seconds at most, and nothing else is", () => {
  const lines: string[] = [];
  let now = 1_000_000;
  const deps = {
    log: createLog("error", { write: (line: string) => void lines.push(line) }),
    clock: { now: () => now },
  };
  const full = new ProblemError("unavailable", { cause: new Error("database or disk is full") });
  for (const error of [
    new Error("other"),
    new ProblemError("unavailable"),
    new ProblemError("not_found", { cause: full }),
  ])
    logCause(deps, error);
  expect(lines).toEqual([]);
  logCause(deps, full);
  now += 4999;
  logCause(deps, full);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    event: "unavailable",
    error: { message: "database or disk is full" },
  });
  now += 1;
  logCause(deps, full);
  // Set back.
  now -= 3_600_000;
  logCause(deps, full);
  expect(lines).toHaveLength(3);
});
