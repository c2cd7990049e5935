import type { Clock } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Log } from "./log.ts";

/** A disk that is full, or a database that is gone, refuses everybody: a line now and then tells enough. */
const quietMs = 5000;

const toldAt = new WeakMap<Log, number>();

/** Tells the operator why something is `unavailable`: who asked learns that much alone. */
export function logCause({ log, clock }: { readonly log: Log; readonly clock: Clock }, error: unknown): void {
  if (!(error instanceof ProblemError) || error.code !== "unavailable" || !error.cause) return;
  const now = clock.now();
  // The clock may be set back.
  if (Math.abs(now - (toldAt.get(log) ?? Number.NEGATIVE_INFINITY)) < quietMs) return;
  toldAt.set(log, now);
  log.error({ event: "unavailable", error: error.cause });
}
