import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Long tables, random input and real waiting. */
const slow = /attacks|vectors|hostile|agreement/;

/** The first test that fails ends the run of a mutant, so the quick ones come first. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => Number(slow.test(moduleId));
    return files.toSorted((one, other) => rank(one) - rank(other));
  }
}

/** The tests that stand by the folders under mutation, and nothing slower. */
export default defineConfig({
  test: {
    environment: "node",
    include: ["server/{identity,session}/**/*.test.ts"],
    // A mutant is chosen when its code runs, not when it is loaded: what is loaded once serves every run.
    isolate: false,
    sequence: { sequencer: QuickFirst },
    setupFiles: ["./.ci/draws.ts"],
    // A bound on what hangs, not on what is slow.
    testTimeout: 60_000,
  },
});
