/**
 * `npm run soak [-- --minutes N] [--seed S] [--nodes 1|2] [--faults a,b] [--round N] [--json FILE]`: clients write and read
 * while things go wrong; afterwards every history is judged. Fails where anything was lost, doubled or out of order.
 */

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { catalogue } from "./faults/catalogue.ts";
import { soak } from "./soak.ts";
import { openShared } from "./world/shared.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: randomBytes(4).toString("hex") },
    nodes: { type: "string", default: "1" },
    faults: { type: "string" },
    /** Plays this one of the seed's rounds alone. */
    round: { type: "string" },
    /** Seconds of traffic in each round. */
    seconds: { type: "string", default: "20" },
    conversations: { type: "string", default: "24" },
    "freeze-seconds": { type: "string", default: "10" },
    json: { type: "string" },
  },
});
const faults = values.faults?.split(",") ?? null;
const unknown = faults?.filter((name) => !catalogue.some((fault) => fault.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(
    `No such fault: ${unknown.join(", ")}. There are: ${catalogue.map(({ name }) => name).join(" ")}`,
  );
  process.exit(2);
}

const asked = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => asked.abort());
const directory = await mkdtemp(join(tmpdir(), "vouch-soak-"));
const nodes = Number(values.nodes);
const say = (line: string) => void process.stderr.write(`${line}\n`);
say(`seed ${values.seed}, ${nodes === 1 ? "one node, SQLite" : `${nodes} nodes, PostgreSQL and Redis`}`);
const shared = nodes === 1 ? null : await openShared(say);
try {
  const report = await soak({
    seed: values.seed,
    minutes: values.round === undefined ? Number(values.minutes) : 0,
    nodes,
    shared,
    faults,
    secondsPerRound: Number(values.seconds),
    conversations: Number(values.conversations),
    freezeMs: Number(values["freeze-seconds"]) * 1000,
    from: Number(values.round ?? 0),
    directory,
    signal: asked.signal,
    tell: say,
  });
  const { violations, incidents, ...figures } = report;
  console.log(JSON.stringify(figures, null, 2));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = violations.length + incidents.length > 0 ? 1 : 0;
} finally {
  await shared?.stop();
  if (process.exitCode === 0) await rm(directory, { recursive: true, force: true });
}
// Connections that are kept alive keep nobody waiting.
process.exit();
