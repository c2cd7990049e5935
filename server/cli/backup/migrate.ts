import { openDatabase } from "../../store/sqlite/database.ts";
import { kyselyOf } from "../../store/sqlite/kysely.ts";
import { migrate as migrateSqlite } from "../../store/sqlite/migrations.ts";
import { type Console, UsageError } from "../console.ts";
import { openAlone, ownFiles } from "./data-files.ts";

/** Prints the migrations that were made, or with `dryRun` would be, a line each. Take a backup first: there is no way back. */
export async function migrate({ dryRun }: { readonly dryRun: boolean }, console: Console): Promise<void> {
  const { database: path } = ownFiles(console.env);
  const alone = openAlone(path);
  if (!alone) throw new UsageError("A server has the database open: stop it first.");
  alone.close();
  const database = openDatabase(path);
  try {
    const made = await migrateSqlite(database, kyselyOf(database.connection), dryRun ? "undo" : "keep");
    for (const name of made) console.print(`${name}\n`);
    if (made.length === 0) console.remark("The schema is up to date.");
    else if (dryRun) console.remark("Tried and undone: nothing was changed.");
  } finally {
    database.close();
  }
}
