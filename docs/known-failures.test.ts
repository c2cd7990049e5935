/** Whoever looks a case up finds its test: the table names files that hold it under that very name. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const rows = readFileSync(join(import.meta.dirname, "known-failures.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| (?!case|---)/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .flatMap(([, name = "", , files = ""]) =>
    [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => ({ name, file })),
  );

it("has cases", () => {
  expect(new Set(rows.map(({ name }) => name)).size).toBeGreaterThanOrEqual(17);
});

it.each(rows)("$name is the name of a test in $file", ({ name, file }) => {
  expect(readFileSync(join(root, file), "utf8")).toContain(name);
});
