/** What this machine and this setting allow. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Fault } from "./faults/fault.ts";
import type { Shared } from "./world/shared.ts";
import { mountSmallDisk } from "./world/small-disk.ts";

const run = promisify(execFile);

export interface Conditions {
  readonly shared: Shared | null;
  /** Why a file system of a given size can't be mounted; null: it can. */
  readonly smallDisk: string | null;
  /** Why a process can't be kept from writing; null: it can. */
  readonly fileSizeLimit: string | null;
}

export async function findConditions(shared: Shared | null): Promise<Conditions> {
  return { shared, smallDisk: await smallDiskObstacle(), fileSizeLimit: await fileSizeObstacle() };
}

/** @returns why a fault can't be played; null: it can */
export function obstacle({ needs }: Fault, { shared, smallDisk, fileSizeLimit }: Conditions): string | null {
  if (needs.embedded && shared) return "nodes that share a database keep nothing themselves";
  if (needs.smallDisk && smallDisk) return smallDisk;
  if (needs.fileSizeLimit && fileSizeLimit) return fileSizeLimit;
  if ((needs.database || needs.redis) && !shared) return "one node shares nothing";
  if (needs.database === "own" && shared?.database.kind === "found") return shared.database.why;
  if (needs.redis === "own" && shared?.redis.kind === "found") return shared.redis.why;
  return null;
}

async function smallDiskObstacle(): Promise<string | null> {
  const path = await mkdtemp(join(tmpdir(), "vouch-soak-disk-"));
  try {
    await (await mountSmallDisk(path)).unmount();
    return null;
  } catch (error) {
    return `no file system can be mounted: ${reasonOf(error)}`;
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function fileSizeObstacle(): Promise<string | null> {
  try {
    await run("prlimit", [`--pid=${process.pid}`, "--fsize"]);
    return null;
  } catch (error) {
    return `no process can be kept from writing: ${reasonOf(error)}`;
  }
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split("\n").at(-1) ?? "";
