/** A file system in memory whose size can be changed while it is in use; root alone can mount one. */

import { execFile } from "node:child_process";
import { mkdir, statfs } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface SmallDisk {
  /** @param leftBytes what is still free */
  fill(leftBytes: number): Promise<void>;
  empty(): Promise<void>;
  unmount(): Promise<void>;
}

const roomBytes = 2 * 1024 ** 3;

/** @throws where this user may not mount */
export async function mountSmallDisk(path: string): Promise<SmallDisk> {
  await mkdir(path, { recursive: true });
  await run("mount", ["-t", "tmpfs", "-o", `size=${roomBytes}`, "tmpfs", path]);
  const resize = (bytes: number) => run("mount", ["-o", `remount,size=${bytes}`, path]);
  return {
    async fill(leftBytes) {
      const { blocks, bfree, bsize } = await statfs(path);
      // It may have grown meanwhile, and can't be made smaller than what it holds: then it is as good as full already.
      await resize((blocks - bfree) * bsize + leftBytes + bsize).catch(() => {});
    },
    empty: async () => void (await resize(roomBytes)),
    unmount: async () => void (await run("umount", ["--lazy", path])),
  };
}
