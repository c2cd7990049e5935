import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          // A bound on what hangs, not on what is slow: machines are shared.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: ["{shared,server,demo,docs,bench,.ci}/**/*.test.ts"],
          exclude: ["server/console/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "happy-dom",
          environment: "happy-dom",
          testTimeout: 30_000,
          include: ["{widget,server/console}/**/*.test.{ts,tsx}", "shared/**/*.test.tsx"],
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          environment: "node",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
