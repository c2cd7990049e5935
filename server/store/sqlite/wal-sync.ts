/**
 * Makes durable what SQLite has committed, without keeping the event loop waiting for the disk. Decision 23 says why a power
 * cut can't tell this from SQLite's own `synchronous = full`.
 */

import { close, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";

/** Settles once everything written to the file before the call is on the disk: `fdatasync`. */
export type SyncFile = (descriptor: number) => Promise<void>;

export interface WalSync {
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param path of a database that is open, in WAL mode; what is in memory is as durable as it will be
 *
 * The descriptor is one of its own: where the disk fails, Linux tells each descriptor once, so that SQLite's is told as well
 * and moves nothing of the lost pages into the database.
 */
export function openWalSync(path: string, syncFile: SyncFile = promisify(fdatasync)): WalSync {
  if (path === ":memory:") return { sync: async () => {}, close: async () => {} };
  const descriptor = openSync(`${path}-wal`, "r+");
  return { sync: () => syncFile(descriptor), close: () => promisify(close)(descriptor) };
}
