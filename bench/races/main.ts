/** `npm run races [-- RACES]`: logouts against connecting sockets, ten thousand by default; fails where one outlives its session. */

import { acmeConfig } from "../../e2e/harness/acme.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { race } from "./run.ts";

const races = Number(process.argv[2] ?? 10_000);
const companion = await startCompanion({
  config: acmeConfig({
    limits: { sessionRequestsPerMinute: 100_000_000, unauthenticatedSocketsPerAddress: 1000 },
  }),
});
try {
  const report = await race({ url: companion.url, races, width: 16, random: Math.random });
  console.log(JSON.stringify(report));
  process.exitCode = report.outlived + report.admittedLate > 0 ? 1 : 0;
} finally {
  await companion.stop();
}
