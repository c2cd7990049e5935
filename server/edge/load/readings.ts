import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { Readings } from "./pressure.ts";

const resolutionMs = 20;

/** What this process says of itself. Each reading of the event loop's delay begins the next second. */
export function measureProcess(): {
  read(): Omit<Readings, "sockets">;
  close(): void;
} {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    read() {
      // Nothing was counted where the last second was one single turn of the loop.
      const late = delay.count === 0 ? 0 : delay.mean / 1e6 - resolutionMs;
      delay.reset();
      return {
        memoryPercent: Math.max(residentPercent(), heapPercent()),
        eventLoopDelayMs: Math.max(0, late),
      };
    },
    close: () => void delay.disable(),
  };
}

function residentPercent(): number {
  // The container's bound; without one, some systems answer 0 and others more than there is.
  const granted = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
  return (100 * process.memoryUsage.rss() * ownShare()) / granted;
}

/** Of the resident memory: the pages of mapped files, the database's among them, are the system's to take back. */
function ownShare(): number {
  try {
    // Linux, in pages: size, resident, of which shared with files.
    const [, resident, shared] = readFileSync("/proc/self/statm", "latin1").split(" ").map(Number);
    return resident && shared ? 1 - shared / resident : 1;
  } catch {
    return 1;
  }
}

function heapPercent(): number {
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  return (100 * used_heap_size) / heap_size_limit;
}
