import type { ChildProcess } from "node:child_process";

const children = new Set<ChildProcess>();
let watching = false;

/**
 * Ends with this process whatever was started by it: in process groups of their own, so that a terminal's Ctrl-C is for
 * whoever supervises them, they would go on alone.
 */
export function endWithUs(child: ChildProcess): void {
  if (!watching) process.once("exit", endAll);
  watching = true;
  children.add(child);
  child.once("exit", () => children.delete(child));
}

function endAll(): void {
  for (const child of children) child.kill("SIGKILL");
}
