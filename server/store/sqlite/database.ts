/** The slice of `node:sqlite` that the store uses. */

import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Statement } from "../statement.ts";
import type { Unit } from "../unit.ts";

/** How long to wait for another process that has the file open: a server that is being replaced is still draining. */
const busyTimeoutMs = 2000;

export interface Database {
  readonly connection: DatabaseSync;
  exec(sql: string): void;
  /** Undoes the open transaction; SQLite has done so itself where the disk failed. */
  rollback(): void;
  /** Runs a unit from its first statement to its last before anything else happens. Begins no transaction. */
  run<Result>(unit: Unit<Result>): Result;
  /** A statement by itself, in the open transaction where there is one: all its rows, the first of them, none. */
  all<Parameters, Row>(statement: Statement<Parameters, Row>, parameters: Parameters): readonly Row[];
  first<Parameters, Row>(statement: Statement<Parameters, Row>, parameters: Parameters): Row | undefined;
  execute<Parameters>(statement: Statement<Parameters, unknown>, parameters: Parameters): void;
  close(): void;
}

/**
 * @param path of a file, or `:memory:`
 * Throws `unavailable` where SQLite refuses: disk full, file locked by another process.
 */
export function openDatabase(path: string): Database {
  // For nobody else on this machine; SQLite gives its other files the mode of this one.
  if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
  const connection = guard(
    () => new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: busyTimeoutMs }),
  );
  const prepared = new Map<string, StatementSync>();

  function prepare(sql: string): StatementSync {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  }

  return {
    connection,
    exec: (sql) => guard(() => connection.exec(sql)),
    rollback: () => {
      if (connection.isTransaction) guard(() => connection.exec("rollback"));
    },
    run: (unit) =>
      guard(() => {
        let step = unit.next([]);
        while (!step.done) step = unit.next(prepare(step.value.sql).all(...step.value.values));
        return step.value;
      }),
    all: <Parameters, Row>(statement: Statement<Parameters, Row>, parameters: Parameters) =>
      guard(() => prepare(statement.sql).all(...statement.bind(parameters)) as unknown as readonly Row[]),
    first: <Parameters, Row>(statement: Statement<Parameters, Row>, parameters: Parameters) =>
      guard(() => prepare(statement.sql).get(...statement.bind(parameters)) as unknown as Row | undefined),
    execute: (statement, parameters) =>
      guard(() => void prepare(statement.sql).run(...statement.bind(parameters))),
    close: () => connection.close(),
  };
}

/** The customer can do nothing about the database but try again; the log has the cause. */
function guard<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR")
      throw new ProblemError("unavailable", { cause: error });
    throw error;
  }
}
