import type { Expression } from "kysely";

/** What Kysely does not say for every database. */
export interface Dialect {
  /** The texts of a JSON array, as a subquery for `in`: one statement serves lists of any length. */
  listed(jsonArray: string): Expression<string>;
}
