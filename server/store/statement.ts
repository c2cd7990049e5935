/**
 * A query that Kysely compiles once, at start, and that runs any number of times: compiling takes Kysely longer than
 * SQLite needs to run the result.
 */

import type { Compilable } from "kysely";
import { ProblemError } from "../../shared/problem-error.ts";

export type Value = string | number | null;

export interface Statement<Parameters, Row> {
  readonly sql: string;
  /** The values to bind, in the order of the placeholders. Throws `request_invalid` where a text contains U+0000. */
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
      compiled.map((value) =>
        value instanceof Slot ? checked(parameters[value.name] ?? null) : (value as Value),
      ),
  };
}

/** PostgreSQL has no text with it. The rule is the same for SQLite, so that whoever moves takes every text along. */
function checked(value: Value): Value {
  if (typeof value === "string" && value.includes("\0"))
    throw new ProblemError("request_invalid", { detail: "A text contains the character U+0000." });
  return value;
}
