import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { startFloor } from "../floors/process.ts";
import { interleave, type Row } from "../row.ts";

/** From spawning the process to its listening line, with a fresh data directory; resident memory then. */
export const serverStart: Row = {
  name: "server.start",
  measure: async () => {
    const scratch = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    let count = 0;
    const result = await interleave(5, {
      ours: () =>
        timed(async () => {
          const companion = await startCompanion({ config: acmeConfig() });
          return { pid: companion.process.pid ?? 0, stop: () => companion.stop() };
        }),
      floor: () =>
        timed(() =>
          startFloor(join(import.meta.dirname, "../floors/server-start.ts"), join(scratch, `${count++}.db`)),
        ),
    });
    await rm(scratch, { recursive: true });
    return [
      {
        row: "server.start",
        what: "until listening",
        unit: "ms",
        better: "less",
        ours: result.ours.ms ?? 0,
        floor: result.floor.ms ?? 0,
        aim: { bound: 500 },
      },
      {
        row: "server.start",
        what: "resident",
        unit: "MB",
        better: "less",
        ours: result.ours.megabytes ?? 0,
        floor: result.floor.megabytes ?? 0,
        aim: { bound: 120 },
      },
    ];
  },
};

async function timed(
  start: () => Promise<{ pid: number; stop(): Promise<unknown> }>,
): Promise<Record<string, number>> {
  const begun = performance.now();
  const { pid, stop } = await start();
  const ms = performance.now() - begun;
  const megabytes = residentMegabytes(pid);
  await stop();
  return { ms, megabytes };
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return (Number(kilobytes) * 1024) / 1e6;
}
