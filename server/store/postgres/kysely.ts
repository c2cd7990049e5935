import { Kysely, PostgresDialect, sql } from "kysely";
import type { Pool } from "pg";
import type { Dialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Kysely over the pool: compiles the statements, runs the migrations. */
export const kyselyOf = (pool: Pool): Kysely<Schema> =>
  new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });

export const postgresDialect: Dialect = {
  // An array is looked up in the index element by element; for a subquery PostgreSQL may read all of a small index.
  among: (column, jsonArray) =>
    sql`${sql.ref(column)} = any (array(select json_array_elements_text(${jsonArray}::json)))`,
};
