/** The files that a backup is made of, and where they stand. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../console.ts";
import { dataDirectory } from "../doctor/environment.ts";

export interface DataFiles {
  readonly database: string;
  readonly attachments: string;
}

export const filesIn = (directory: string): DataFiles => ({
  database: join(directory, "vouch.db"),
  attachments: join(directory, "attachments"),
});

/** @throws UsageError where the conversations are in PostgreSQL */
export function ownFiles(env: NodeJS.ProcessEnv): DataFiles {
  if (env.DATABASE_URL)
    throw new UsageError(
      "DATABASE_URL is set: the conversations are in PostgreSQL. Use pg_dump and pg_restore, or the backups of whoever runs it.",
    );
  return filesIn(dataDirectory(env));
}

/** How long another process may take to let go of the file, in milliseconds. */
const patienceMs = 500;

/**
 * Opens the database so that no server can meanwhile.
 * @returns null where a server has it open
 * @throws UsageError where there is none, or it is damaged beyond opening
 */
export function openAlone(path: string): DatabaseSync | null {
  if (!existsSync(path)) throw new UsageError(`There is no database at ${path}: set VOUCH_DATA_DIR.`);
  const database = new DatabaseSync(path, { timeout: patienceMs });
  try {
    database.exec("pragma locking_mode = exclusive; begin immediate; rollback");
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && /lock|busy/.test(error.message)) return null;
    throw new UsageError(`${path} can't be read: ${error instanceof Error ? error.message : error}.`);
  }
}

/** @throws UsageError with the first things that SQLite finds wrong */
export function checkDatabase(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const found = database
      .prepare("pragma integrity_check(3)")
      .all()
      .map((row) => String(Object.values(row)[0]));
    if (found.join() !== "ok") throw new UsageError(`${path} is damaged: ${found.join("; ")}.`);
  } finally {
    database.close();
  }
}
