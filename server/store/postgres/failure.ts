/** What PostgreSQL, or the way to it, answers with instead of rows. */

import { ProblemError } from "../../../shared/problem-error.ts";

/** Codes: https://www.postgresql.org/docs/15/errcodes-appendix.html */
const serializationFailure = "40001";
const deadlockDetected = "40P01";
const featureNotSupported = "0A000";
const readOnly = "25006";

export class DatabaseFailure extends Error {
  override readonly name = "DatabaseFailure";
  /** SQLSTATE; null: the connection failed, or a wait for it. */
  readonly sqlState: string | null;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.sqlState = sqlStateOf(cause);
  }

  /** Two transactions were in each other's way; done again, this one may pass. */
  get isConflict(): boolean {
    return this.sqlState === serializationFailure || this.sqlState === deadlockDetected || this.isStale;
  }

  /**
   * The connection has to go. Another node changed the tables, and what was prepared before fits no longer: `select *`
   * answers with other columns. Or its server is a replica by now, and the one to write to is elsewhere.
   */
  get isStale(): boolean {
    return this.sqlState === featureNotSupported || this.sqlState === readOnly;
  }

  /** PostgreSQL is stopping, or ended this connection by itself, or it broke. */
  get isLostConnection(): boolean {
    return this.sqlState === null || this.sqlState.startsWith("57P") || this.sqlState.startsWith("08");
  }

  /** One of the values is at fault: others in the same transaction may pass without it. */
  get isOfAValue(): boolean {
    return this.sqlState !== null && /^(22|23)/.test(this.sqlState);
  }
}

function sqlStateOf(cause: unknown): string | null {
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  // The codes of Node's own errors, such as ECONNRESET or EPIPE, have no digit.
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code) ? code : null;
}

/** The customer can do nothing about the database but try again; the log has the cause. */
export function asProblem(error: unknown): unknown {
  return error instanceof DatabaseFailure
    ? new ProblemError("unavailable", { cause: error.cause ?? error })
    : error;
}
