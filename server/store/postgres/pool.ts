import { Pool, types } from "pg";

export interface PoolOptions {
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string;
  /** Most connections at a time; the server's `max_connections` is shared by all nodes. Default 10. */
  readonly connections?: number;
  /** Longest time that PostgreSQL works on one statement, waits for locks included. Default 8,000. */
  readonly statementMs?: number;
}

/** To get a connection, be it a new one or one that others have in use. */
const connectMs = 4000;
/** A node that is stopped in the middle of a transaction lets go of its locks: before others give up waiting for them. */
const idleInTransactionMs = 4000;
/** Beyond the time of a statement: whoever hears nothing at all for so long has lost the connection. */
const silenceMs = 2000;

/** A connection that nobody needs is kept for so long: making one takes longer than most statements. */
const idleMs = 60_000;
/** Then it is made anew: plans follow the growth of the tables, and nodes the address of a server that has moved. */
const lifetimeSeconds = 900;

/**
 * What each connection is told when it is made.
 *
 * Each statement has its index (`query-plans.test.ts`), and is to use it from the first row on: a plan that PostgreSQL made
 * while a table was small, and keeps, would read all of it when it is large. Compiling plans would take longer than running
 * them.
 */
const settings = `
  set synchronous_commit = on;
  set enable_seqscan = off;
  set random_page_cost = 1.1;
  set jit = off;
  set idle_in_transaction_session_timeout = ${idleInTransactionMs}`;

export function createPool({ url, connections = 10, statementMs = 8000 }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + silenceMs,
    idleTimeoutMillis: idleMs,
    maxLifetimeSeconds: lifetimeSeconds,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: "vouch",
    // What does not depend on an answer is sent without waiting for it.
    pipeline: true,
    types: { getTypeParser },
    onConnect: (client) => client.query(settings),
  });
  // Whoever uses a connection is told by the query that fails; without a listener the process would end.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", () => {});
  return pool;
}

const { INT8 } = types.builtins;

const getTypeParser: typeof types.getTypeParser = (oid: number, ...rest: readonly unknown[]) =>
  Number(oid) === INT8 ? readInteger : types.getTypeParser(oid, ...(rest as []));

/** Positions and times are far below; a number that is not would be another one than was stored. */
function readInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is no safe integer.`);
  return value;
}
