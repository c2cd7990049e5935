/** Whether a database is one that the store can live in. */

import type { Pool } from "pg";
import { ProblemError } from "../../../shared/problem-error.ts";
import { ConfigurationError } from "../../config/configuration-error.ts";

const leastVersion = 15;

/**
 * @param url for the message, which names host and database, never user and password
 * @throws ConfigurationError where PostgreSQL is too old or the database keeps no Unicode; `unavailable` where it can't be reached
 */
export async function checkServer(pool: Pool, url: string): Promise<void> {
  const { version, encoding } = await ask(pool, url);
  if (version < leastVersion)
    throw fault(`is PostgreSQL ${version}; this release needs ${leastVersion} or newer`);
  if (encoding !== "UTF8") throw fault(`has the encoding ${encoding}; create the database with UTF8`);
}

async function ask(pool: Pool, url: string): Promise<{ version: number; encoding: string }> {
  try {
    const { rows } = await pool.query(
      `select current_setting('server_version_num')::int / 10000 as version,
        current_setting('server_encoding') as encoding`,
    );
    return rows[0];
  } catch (cause) {
    const reason = cause instanceof Error && cause.message !== "" ? cause.message : "no answer";
    const detail = `The database ${placeOf(url)} can't be used: ${reason}.`;
    throw new ProblemError("unavailable", { detail, cause });
  }
}

/** Resolves where something could be stored: not in a replica that has not been promoted. Throws `unavailable`. */
export async function isWritable(pool: Pool): Promise<void> {
  try {
    const { rows } = await pool.query("select pg_is_in_recovery() as is_replica");
    if (!rows[0].is_replica) return;
  } catch (cause) {
    throw new ProblemError("unavailable", { cause });
  }
  throw new ProblemError("unavailable", { detail: "The database is a replica." });
}

const fault = (message: string) => new ConfigurationError([{ path: "DATABASE_URL", message }]);

function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
