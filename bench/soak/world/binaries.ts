/** Programs that a soak starts for itself where the machine has them. */

import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Debian keeps PostgreSQL's server programs out of PATH. */
const postgresRoot = "/usr/lib/postgresql";

/** @returns its path; null where there is none */
export async function findBinary(name: string): Promise<string | null> {
  const versions = await readdir(postgresRoot).catch(() => []);
  const folders = [
    ...versions
      .toSorted()
      .reverse()
      .map((version) => join(postgresRoot, version, "bin")),
    ...(process.env.PATH ?? "").split(":"),
  ];
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return null;
}

/** Whom a server runs as that refuses to run as root. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** @returns nothing to change where this is not root; null where root has nobody to run it as */
export async function accountFor(user: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return {};
  try {
    const [uid, gid] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, user])).stdout)),
    );
    return uid === undefined || gid === undefined ? null : { uid, gid };
  } catch {
    return null;
  }
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
