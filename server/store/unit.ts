/**
 * A unit of work: the statements of one transaction and what to decide between them, without a word about how they run.
 * It yields each call and is handed its rows. SQLite runs a unit in one go, so that no other code of the process ever sees
 * it half done; a database behind a network awaits each call of the very same unit.
 */

import type { Statement, Value } from "./statement.ts";

export interface Call {
  readonly sql: string;
  readonly values: Value[];
  /** Nobody looks at its answer: a database behind a network need not be waited for. */
  readonly isSilent?: true;
}

export type Unit<Result> = Generator<Call, Result, readonly unknown[]>;

export function* rows<Parameters, Row>(
  statement: Statement<Parameters, Row>,
  parameters: Parameters,
): Unit<readonly Row[]> {
  return (yield { sql: statement.sql, values: statement.bind(parameters) }) as readonly Row[];
}

export function* row<Parameters, Row>(
  statement: Statement<Parameters, Row>,
  parameters: Parameters,
): Unit<Row | undefined> {
  return (yield* rows(statement, parameters))[0];
}

export function* write<Parameters>(
  statement: Statement<Parameters, unknown>,
  parameters: Parameters,
): Unit<void> {
  yield { sql: statement.sql, values: statement.bind(parameters), isSilent: true };
}
