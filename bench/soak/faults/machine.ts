/** What a machine does to the node on it: its disk, its clock. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { between, type Fault, oneOf, pause } from "./fault.ts";

const run = promisify(execFile);

/** The kernel refuses to write (EFBIG) whatever lies beyond the first bytes of any file: no write succeeds, all reads do. */
export const diskRefuses: Fault = {
  name: "disk-refuses",
  pauseMs: [500, 2500],
  needs: { embedded: true, fileSizeLimit: true },
  async strike({ world, random }) {
    const pid = oneOf(random, world.posts).node.pid();
    if (pid === null) return;
    await boundFiles([pid], "4096");
    await pause(between(random, 100, 3000));
    await boundFiles([pid], "unlimited");
  },
};

/** The same for PostgreSQL's processes: a write of its log that fails makes it start all over again. */
export const databaseDisk: Fault = {
  name: "database-disk",
  pauseMs: [1000, 4000],
  needs: { database: "own", fileSizeLimit: true },
  async strike({ world, random }) {
    const database = world.shared?.database;
    if (database?.kind !== "own") return;
    const pids = await database.processes().catch(() => []);
    await boundFiles(pids, "4096");
    await pause(between(random, 100, 3000));
    await boundFiles(pids, "unlimited");
  },
};

/** No space left (ENOSPC). */
export const diskFull: Fault = {
  name: "disk-full",
  pauseMs: [500, 2500],
  needs: { embedded: true, smallDisk: true },
  async strike({ world, random }) {
    const disk = oneOf(random, world.posts).disk;
    await disk?.fill(Math.floor(between(random, 0, 200_000)));
    await pause(between(random, 100, 3000));
    await disk?.empty();
  },
};

/** A clock five minutes off, to either side, and back again. */
export const clock: Fault = {
  name: "clock",
  pauseMs: [200, 1500],
  needs: { clocks: true },
  async strike({ world, random }) {
    const post = oneOf(random, world.posts);
    await post.setClock(Math.floor(oneOf(random, [-1, 1]) * between(random, 1000, 300_000)));
    await pause(between(random, 200, 3000));
    if (random() < 0.5) await post.setClock(0);
  },
};

/** Leaves out who has gone: another fault, or this one, ended it. */
async function boundFiles(pids: readonly number[], bytes: string): Promise<void> {
  const bound = (pid: number) => run("prlimit", [`--pid=${pid}`, `--fsize=${bytes}:unlimited`]);
  await Promise.allSettled(pids.map(bound));
}
