/**
 * A query that Kysely compiles once, at start, and that runs any number of times: compiling takes Kysely longer than
 * SQLite needs to run the result.
 */

import type { Compilable } from "kysely";

export type Value = string | number | null;

export interface Statement<Parameters, Row> {
  readonly sql: string;
  /** The values to bind, in the order of the placeholders. */
  bind(parameters: Parameters): Value[];
  /** Carries the row's type; never set. */
  readonly row?: Row;
}

class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Stands in for the parameters while a query is built: each member is a `Slot` of its name. */
const slots = new Proxy({}, { get: (_target, name) => new Slot(String(name)) });

/** @param build writes the query with each value taken from `parameters` by its name; runs once */
export function statement<Parameters extends { readonly [name: string]: Value }, Row>(
  build: (parameters: Parameters) => Compilable<Row>,
): Statement<Parameters, Row> {
  // Kysely passes values through untouched, so that it may be told a Slot is the value that will stand in its place.
  const { sql, parameters: compiled } = build(slots as Parameters).compile();
  return {
    sql,
    bind: (parameters) =>
      compiled.map((value) => (value instanceof Slot ? (parameters[value.name] ?? null) : (value as Value))),
  };
}
