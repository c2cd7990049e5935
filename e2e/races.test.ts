import { expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { race } from "../bench/races/run.ts";
import { acmeConfig } from "./harness/acme.ts";
import { startCompanion } from "./harness/companion.ts";

// By more than a second: a busy machine may be late once.
test("no socket outlives its session, however connecting and logging out fall together", {
  timeout: 120_000,
  retry: ifLate,
}, async () => {
  const companion = await startCompanion({
    config: acmeConfig({ limits: { sessionRequestsPerMinute: 1_000_000 } }),
  });
  try {
    const report = await race({ url: companion.url, races: 300, width: 8, random: Math.random });
    expect(report).toMatchObject({ races: 300, outlived: 0, admittedLate: 0 });
    expect(report.closed).toBeGreaterThan(0);
    expect(report.refused).toBeGreaterThan(300);
  } finally {
    await companion.stop();
  }
});
