/**
 * `npm test`: every check of the project, one after the other, and their sum as the last line.
 * `--without-browser` (`npm run check`) leaves the real-browser tests out.
 */

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkBudgets } from "./budgets.ts";

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const root = join(import.meta.dirname, "..");
const bin = (name: string): string => join(root, "node_modules", ".bin", name);
const withBrowser = !process.argv.includes("--without-browser");
const scratch = await mkdtemp(join(tmpdir(), "vouch-test-"));
/** What is to be read below all suites' output; see `remarks.ts`. */
const remarks = join(scratch, "remarks.txt");

const suites: [name: string, run: () => Promise<Tally>][] = [
  ["format and lint", () => check("biome", ["ci", "--error-on-warnings", "."])],
  ["types, server", () => check("tsc", ["-p", "tsconfig.json"])],
  ["types, browser", () => check("tsc", ["-p", "tsconfig.browser.json"])],
  ["types, tests", () => check("tsc", ["-p", "tsconfig.e2e.json"])],
  ["size budgets", async () => tallyOf(checkBudgets())],
  ["unit and integration", () => vitest("node", "happy-dom")],
  ...(withBrowser ? ([["real browser", () => vitest("browser")]] satisfies typeof suites) : []),
];

const results: [name: string, tally: Tally][] = [];
for (const [name, run] of suites) {
  console.log(`\n— ${name}`);
  results.push([name, await run()]);
}
console.log(existsSync(remarks) ? `\n${readFileSync(remarks, "utf8")}` : "");
await rm(scratch, { recursive: true });
for (const [name, tally] of results) console.log(`${name.padEnd(24)}${line(tally)}`);
const total = results.map(([, tally]) => tally).reduce(add);
console.log(`\n${line(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** A tool that passes or fails as a whole. */
async function check(tool: string, args: string[]): Promise<Tally> {
  return tallyOf([(await run(tool, args)) === 0]);
}

async function vitest(...projects: string[]): Promise<Tally> {
  const report = join(scratch, `${projects.join("-")}.json`);
  const status = await run("vitest", [
    "run",
    ...projects.flatMap((project) => ["--project", project]),
    "--reporter=default",
    `--reporter=${join(import.meta.dirname, "remarks.ts")}`,
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  // A file that fails to load, or an error outside a test, fails the run without a failed test to count.
  const failed = numFailedTests === 0 && status !== 0 ? 1 : numFailedTests;
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
}

function run(tool: string, args: string[]): Promise<number> {
  const child = spawn(bin(tool), args, {
    cwd: root,
    env: { ...process.env, VOUCH_TEST_REMARKS: remarks },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

function tallyOf(outcomes: readonly boolean[]): Tally {
  const passed = outcomes.filter(Boolean).length;
  return { passed, failed: outcomes.length - passed, skipped: 0 };
}

function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function line({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
