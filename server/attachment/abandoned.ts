import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Removes what lies in the directory since before `before` (milliseconds since 1970-01-01 UTC). */
export async function removeAbandoned(directory: string, before: number): Promise<void> {
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    const found = await ifThere(stat(path));
    if (found && found.mtimeMs < before) await rm(path, { recursive: true, force: true });
  }
}

const namesIn = async (directory: string): Promise<readonly string[]> =>
  (await ifThere(readdir(directory))) ?? [];

async function ifThere<Result>(looking: Promise<Result>): Promise<Result | null> {
  try {
    return await looking;
  } catch (error) {
    if (isOfFileSystem(error) && error.code === "ENOENT") return null;
    throw error;
  }
}

export const isOfFileSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;
