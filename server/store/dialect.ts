import type { Expression, SqlBool } from "kysely";

/** What Kysely does not say for every database. */
export interface Dialect {
  /** Whether the column is one of the texts of a JSON array: one statement serves lists of any length. */
  among(column: string, jsonArray: string): Expression<SqlBool>;
}
