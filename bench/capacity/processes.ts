/** CPU time of processes, as the kernel counts it: what else the machine does is not in it. Linux alone has it there. */

import { readdirSync, readFileSync } from "node:fs";

/** Of the clock that the kernel counts CPU time with. */
const ticksPerSecond = 100;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

function statOf(pid: number): Stat | null {
  try {
    // The name, in parentheses, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}

const running = (): readonly number[] => readdirSync("/proc").map(Number).filter(Boolean);

/** @param words all of which stand in its command line */
export function findProcess(...words: readonly string[]): number {
  const found = running().find((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return words.every((word) => line.includes(word));
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`There is no process of ${words.join(" ")}.`);
  return found;
}

/** CPU time so far of a process and its children, in microseconds; those that have ended are not in it. */
export function cpuOf(pid: number): number {
  const children = running().filter((one) => statOf(one)?.parent === pid);
  const ticks = [pid, ...children].reduce((sum, one) => sum + (statOf(one)?.ticks ?? 0), 0);
  return (ticks / ticksPerSecond) * 1e6;
}
