import { ProblemError } from "../../../shared/problem-error.ts";
import { ConfigurationError, type ConfigurationFault } from "../../config/configuration-error.ts";
import { type DatabaseSettings, readDatabaseSettings } from "../../config/database-settings.ts";
import { kyselyOf as kyselyOfPool } from "../../store/postgres/kysely.ts";
import { migrate as migratePostgres } from "../../store/postgres/migrations.ts";
import { createPool } from "../../store/postgres/pool.ts";
import { checkServer } from "../../store/postgres/server-check.ts";
import { openDatabase } from "../../store/sqlite/database.ts";
import { kyselyOf } from "../../store/sqlite/kysely.ts";
import { migrate as migrateSqlite } from "../../store/sqlite/migrations.ts";
import { type Console, UsageError } from "../console.ts";
import { openAlone, ownFiles } from "./data-files.ts";

type End = "keep" | "undo";

/** Prints the migrations that were made, or with `dryRun` would be, a line each. Take a backup first: there is no way back. */
export async function migrate({ dryRun }: { readonly dryRun: boolean }, console: Console): Promise<void> {
  const end = dryRun ? "undo" : "keep";
  const shared = sharedDatabase(console.env);
  const made = shared ? await inPostgres(shared, end) : await inFile(ownFiles(console.env).database, end);
  for (const name of made) console.print(`${name}\n`);
  if (made.length === 0) console.remark("The schema is up to date.");
  else if (dryRun) console.remark("Tried and undone: nothing was changed.");
}

function sharedDatabase(env: NodeJS.ProcessEnv): DatabaseSettings | null {
  const faults: ConfigurationFault[] = [];
  const settings = readDatabaseSettings(env, (fault) => faults.push(fault));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return settings;
}

/** Nodes may be running: what they do meanwhile waits for it, or it for them. */
async function inPostgres({ url }: DatabaseSettings, end: End): Promise<readonly string[]> {
  const pool = createPool({ url, connections: 2 });
  try {
    await checkServer(pool, url);
    return await migratePostgres(kyselyOfPool(pool), end);
  } catch (error) {
    throw error instanceof ProblemError ? new UsageError(error.message) : error;
  } finally {
    await pool.end();
  }
}

async function inFile(path: string, end: End): Promise<readonly string[]> {
  const alone = openAlone(path);
  if (!alone) throw new UsageError("A server has the database open: stop it first.");
  alone.close();
  const database = openDatabase(path);
  try {
    return await migrateSqlite(database, kyselyOf(database.connection), end);
  } finally {
    database.close();
  }
}
