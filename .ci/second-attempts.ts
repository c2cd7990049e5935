/** A reporter: names the tests that passed at their second attempt, since each of them waited in vain once. */

import type { Reporter, TestCase } from "vitest/node";

export default class SecondAttempts implements Reporter {
  readonly #names: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.#names.push(`${test.module.relativeModuleId} > ${test.fullName}`);
  }

  onTestRunEnd(): void {
    if (this.#names.length === 0) return;
    console.log("\nPassed at the second attempt, after waiting too long at the first:");
    for (const name of this.#names) console.log(`  ${name}`);
  }
}
