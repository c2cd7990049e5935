/**
 * `npm run fuzz [-- INPUTS [SEED]]`: throws broken tokens, claims and frames at what reads them, five million by default.
 * Fails on anything that is no refusal, on an input that takes longer than 5 ms, and on memory that grows.
 */

import { randomInt } from "node:crypto";
import { fuzz } from "./run.ts";
import { claimsTarget, frameTarget, gateTarget } from "./targets.ts";

const slowMs = 5;
const growthKiB = 4096;

const inputs = Number(process.argv[2] ?? 5_000_000);
const seed = Number(process.argv[3] ?? randomInt(2 ** 31));
const shares = [
  { target: await gateTarget(), share: 0.3 },
  { target: await claimsTarget(), share: 0.3 },
  { target: frameTarget, share: 0.4 },
];

console.log(`seed ${seed}`);
for (const { target, share } of shares) {
  const report = await fuzz(target, Math.ceil(inputs * share), seed);
  const [early, late] = report.heapKiB;
  console.log(
    `${report.name}: ${report.inputs} inputs, ${report.taken} taken, ${report.perSecond}/s, slowest ${report.slowestMs.toFixed(2)} ms, heap ${early} → ${late} KiB`,
  );
  if (report.slowestMs > slowMs || late - early > growthKiB) {
    console.error(
      `${report.name}: too slow or growing; the slowest input was ${JSON.stringify(report.slowest)}`,
    );
    process.exitCode = 1;
  }
}
