import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { Readings } from "./pressure.ts";

const resolutionMs = 20;

/** All in bytes. */
export interface Memory {
  /** Resident, without what the system may take back by itself. */
  readonly own: number;
  /** What the machine, or the container, grants. */
  readonly granted: number;
  readonly heap: number;
  /** Where V8 ends the process. */
  readonly heapLimit: number;
}

/**
 * What this process says of itself. Each reading of the event loop's delay begins the next second.
 *
 * @param memory asked at each reading
 */
export function measureProcess(memory: () => Memory = memoryOfProcess): {
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
      const { own, granted, heap, heapLimit } = memory();
      return {
        memoryPercent: 100 * Math.max(own / granted, heap / heapLimit),
        eventLoopDelayMs: Math.max(0, late),
      };
    },
    close: () => void delay.disable(),
  };
}

export function memoryOfProcess(): Memory {
  const { used_heap_size: heap, heap_size_limit: heapLimit } = getHeapStatistics();
  return {
    own: process.memoryUsage.rss() * ownShare(),
    // The container's bound; without one, some systems answer 0 and others more than there is.
    granted: Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()),
    heap,
    heapLimit,
  };
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
