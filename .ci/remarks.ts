/**
 * A reporter: leaves what `npm test` says at its very end, below all suites' output, in the file named by `VOUCH_TEST_REMARKS`:
 * tests that failed with their errors, errors outside of tests, and tests that passed only when tried again.
 */

import { appendFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { SerializedError } from "vitest";
import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Of an error's text and of its way through the code, each. */
const mostLines = 12;

export default class Remarks implements Reporter {
  readonly #late: string[] = [];
  readonly #remarks: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    if (state === "failed") this.#remarks.push(failure("FAILED", nameOf(test), errors));
    if (test.diagnostic()?.flaky) this.#late.push(`  ${nameOf(test)}`);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const module of modules) {
      const ofSuites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
      const errors = [...module.errors(), ...ofSuites];
      if (errors.length > 0) this.#remarks.push(failure("FAILED", module.relativeModuleId, errors));
    }
    if (unhandled.length > 0) this.#remarks.push(failure("FAILED", "outside of a test", unhandled));
    if (this.#late.length > 0) {
      this.#remarks.push(`Passed only when tried again, after being too late:\n${this.#late.join("\n")}`);
    }
    const file = process.env.VOUCH_TEST_REMARKS;
    if (file) for (const remark of this.#remarks) appendFileSync(file, `${remark}\n`);
  }
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

function failure(kind: string, name: string, errors: readonly SerializedError[]): string {
  return [`${kind} ${name}`, ...errors.map(described)].join("\n");
}

function described({ name, message, diff = "", stacks = [], stack = "" }: SerializedError): string {
  const ways = stacks.map(({ file, line, column }) => `at ${file}:${line}:${column}`);
  const lines = [
    ...first(`${name}: ${message}`),
    ...first(diff),
    ...(ways.length > 0 ? ways.slice(0, mostLines) : first(stack)),
  ];
  return lines.map((each) => `  ${each}`).join("\n");
}

const first = (text: string): string[] => stripVTControlCharacters(text).split("\n").slice(0, mostLines);
