import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from "kysely";
import type { Dialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Kysely over a connection of `node:sqlite`: compiles the statements, runs the migrations. */
export const kyselyOf = (connection: DatabaseSync): Kysely<Schema> =>
  new Kysely<Schema>({ dialect: new SqliteDialect({ database: adapt(connection) }) });

export const sqliteDialect: Dialect = {
  among: (column, jsonArray) => sql`${sql.ref(column)} in (select value from json_each(${jsonArray}))`,
};

/** Kysely expects the shape of better-sqlite3: values in an array, and a flag that tells queries from commands. */
function adapt(connection: DatabaseSync): SqliteDatabase {
  return {
    prepare(text) {
      const statement = connection.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...toInput(values)),
        run: (values) => statement.run(...toInput(values)),
        iterate: (values) => statement.iterate(...toInput(values)),
      };
    },
    close: () => connection.close(),
  };
}

/** What Kysely binds in our queries is what was given to it: texts, numbers and null. */
const toInput = (values: readonly unknown[]): SQLInputValue[] => values as SQLInputValue[];
