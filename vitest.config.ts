import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    // One more than cores: many tests wait for databases and timers. Browser tests have a machine to themselves.
    maxWorkers: availableParallelism() + 1,
    setupFiles: ["./.ci/patience.ts", "./.ci/draws.ts"],
    // As `patience.ts` does for the rest.
    expect: { poll: { timeout: 10_000 } },
    // What an attempt in the browser that failed was still waiting for when its pages were closed: nobody waits for it any more.
    onUnhandledError: ({ message = "" }) =>
      !/page, context or browser has been closed|Timeout \d+ms exceeded/.test(message),
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          // A bound on what hangs, not on what is slow: machines are shared.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          include: ["{shared,server,demo,docs,bench,.ci}/**/*.test.ts"],
          // The other one: the copy that a mutation run works in.
          exclude: ["server/console/**", ".ci/mutation/sandbox/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "happy-dom",
          environment: "happy-dom",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          include: ["{widget,server/console}/**/*.test.{ts,tsx}", "shared/**/*.test.tsx"],
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          environment: "node",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // A browser may stand still for seconds on a shared machine. What waited in vain is tried once more, and named
          // (`.ci/remarks.ts`); what was seen to be wrong is not.
          retry: { count: 1, condition: /Timeout \d+ms exceeded|timed out in \d+ms/ },
        },
      },
    ],
  },
});
