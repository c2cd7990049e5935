/** What the simulation rests on: figures that `node bench/capacity/main.ts --json bench/simulation/measured.json` measures. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** CPU time in microseconds, of one core of the machine that was measured. */
export interface Measured {
  /** A node's, for each: */
  readonly node: {
    /** session opened with an RS256 token */
    readonly sessionUs: number;
    /** socket that comes back: upgrade, authentication, `ready` */
    readonly connectUs: number;
    /** message taken from a customer, stored, acknowledged and told to the others */
    readonly ackUs: number;
    /** hint heard through Redis and passed to one socket */
    readonly deliverUs: number;
    /** ping answered */
    readonly pingUs: number;
  };
  /** PostgreSQL's and Redis's, for each message. */
  readonly database: { readonly messageUs: number };
  readonly redis: { readonly messageUs: number };
  /** From a message's arrival at an idle node to its acknowledgement: mostly the commit. Milliseconds. */
  readonly commitMs: { readonly p50: number; readonly p99: number };
  /** To count for one idle socket: what it holds (benchmark row connection.idle), with room for what is not collected yet. */
  readonly socketKilobytes: number;
}

export const readMeasured = (): Measured =>
  JSON.parse(readFileSync(join(import.meta.dirname, "measured.json"), "utf8")) as Measured;
