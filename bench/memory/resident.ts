import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

const pageBytes = 4096;
const looks = 20;
const steadyBytes = 256 * 1024;

/** Resident bytes of a program that loaded `collect-on-signal.ts`, once it has collected its garbage and settled. */
export async function settledBytes(pid: number): Promise<number> {
  let before = Number.POSITIVE_INFINITY;
  for (let look = 0; look < looks; look++) {
    process.kill(pid, "SIGUSR2");
    await wait(300);
    const now = await ownBytes(pid);
    if (Math.abs(before - now) < steadyBytes) return now;
    before = now;
  }
  return before;
}

/** Without pages of files, be they of the database or of Node itself: the system takes those back when it needs room. */
async function ownBytes(pid: number): Promise<number> {
  const [, resident, ofFiles] = (await readFile(`/proc/${pid}/statm`, "utf8")).split(" ");
  return (Number(resident) - Number(ofFiles)) * pageBytes;
}
