import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { ProblemError } from "../../../shared/problem-error.ts";
import { type BlobStore, keyPattern } from "./blob-store.ts";

/**
 * Files in a directory, spread over 256 others by the first two digits of their keys.
 *
 * @param directory made where it is missing; on the file system of the files that are put, so that taking one is a rename
 */
export function createDiskBlobs(directory: string): BlobStore {
  function pathOf(key: string): string {
    if (!keyPattern.test(key)) throw new Error("This is no key of a blob.");
    return join(directory, key.slice(0, 2), key);
  }

  return {
    put: (key, path) =>
      guard(async () => {
        const target = pathOf(key);
        await sync(path, "r+");
        const made = await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        await rename(path, target);
        // A rename is durable once its directory is, and a new directory once its parent is.
        await sync(dirname(target), "r");
        if (made !== undefined) await sync(dirname(made), "r");
      }),

    open: (key) =>
      guard(async () => {
        const handle = await openIfThere(pathOf(key));
        if (!handle) return null;
        const { size } = await handle.stat();
        // Closes the file at its end and where it is cancelled.
        const bytes = Readable.toWeb(handle.createReadStream()) as ReadableStream<Uint8Array>;
        return { size, bytes };
      }),

    remove: (key) => guard(() => rm(pathOf(key), { force: true })),
  };
}

async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Disk full, no permission, device gone: nobody's request is at fault. */
async function guard<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new ProblemError("unavailable", { cause: error });
  }
}
