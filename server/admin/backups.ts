import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ProblemError } from "../../shared/problem-error.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Store } from "../store/store.ts";

export interface Backups {
  /**
   * The embedded database as one SQLite file, whole and of one moment, while others go on. One at a time.
   *
   * Throws `request_invalid` where the database is PostgreSQL, `unavailable` where another backup is under way or the disk
   * has no room for the copy.
   */
  open(): Promise<ReadableStream>;
}

export function createBackups(deps: {
  readonly store: Pick<Store, "backup">;
  readonly dataDir: string;
  readonly audit: AuditLog;
}): Backups {
  const { store, dataDir, audit } = deps;
  const path = join(dataDir, "vouch.db.backup");
  let isBusy = false;
  return {
    async open() {
      if (store.backup === null)
        throw new ProblemError("request_invalid", {
          detail: "The database is PostgreSQL: use pg_dump or the backups of whoever runs it.",
        });
      if (isBusy) throw new ProblemError("unavailable", { detail: "Another backup is under way." });
      isBusy = true;
      const done = async (): Promise<void> => {
        await rm(path, { force: true });
        isBusy = false;
      };
      try {
        // Left behind by a process that was killed.
        await rm(path, { force: true });
        await store.backup(path);
      } catch (error) {
        await done();
        throw error;
      }
      audit.note({ actor: "administrator", action: "backup.taken", target: "store", detail: "Whole." });
      const file = createReadStream(path);
      // Also where the reader goes away in the middle.
      file.once("close", () => void done());
      return Readable.toWeb(file) as ReadableStream;
    },
  };
}
