/** Transactions: units of work run over connections of the pool, each call awaited only where its answer is looked at. */

import type { Pool, PoolClient } from "pg";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Call, Unit } from "../unit.ts";
import { asProblem, DatabaseFailure } from "./failure.ts";

/** Sends a statement of the open transaction; those sent before are done before. */
export type Send = (call: Call) => Promise<readonly unknown[]>;

export interface Surroundings {
  /** From 0 to below 1. */
  random(): number;
  wait(ms: number): Promise<void>;
}

/** `readCommitted`: each statement sees what was committed before it. `snapshot`: all see what was when the first began. */
export type Isolation = "readCommitted" | "snapshot";

export interface Database {
  /**
   * Runs the unit in a transaction, and once more from its beginning where another transaction was in its way.
   * Throws `unavailable`: then nothing was done, or, where the connection broke at the very end, it is not known.
   */
  write<Result>(makeUnit: () => Unit<Result>, isolation?: Isolation): Promise<Result>;
  /** Looks only, and sees all of it at one moment. */
  read<Result>(makeUnit: () => Unit<Result>): Promise<Result>;
  /** `write` for what is no unit. Throws DatabaseFailure; `work` may run twice. */
  transact<Result>(work: (send: Send) => Promise<Result>): Promise<Result>;
  /** Settles once everything that was asked for is done; refuses everything afterwards with `unavailable`. */
  close(): Promise<void>;
}

/** Attempts at one transaction. Rivals end within milliseconds, and each wait is twice as long as the one before. */
const attempts = 6;
const firstWaitMs = 4;
/** Transactions that wait for a connection: more would wait longer than anybody waits for an answer. */
const mostWaiting = 2000;

const begin: Readonly<Record<Isolation | "look", string>> = {
  readCommitted: "begin isolation level read committed read write",
  snapshot: "begin isolation level repeatable read read write",
  look: "begin isolation level repeatable read read only",
};

export function createDatabase(pool: Pool, { random, wait }: Surroundings): Database {
  /** PostgreSQL plans a statement that has a name once for each connection. */
  const names = new Map<string, string>();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  function nameOf(sql: string): string {
    const known = names.get(sql);
    if (known) return known;
    const name = `vouch_${names.size + 1}`;
    names.set(sql, name);
    return name;
  }

  async function connect(): Promise<PoolClient> {
    if (pool.waitingCount >= mostWaiting)
      throw new ProblemError("unavailable", { detail: "Too much is waiting for the database." });
    try {
      return await pool.connect();
    } catch (error) {
      throw new DatabaseFailure(error);
    }
  }

  /** @param committing called when there is no way back */
  async function once<Result>(
    opening: string,
    work: (send: Send) => Promise<Result>,
    committing: () => void,
  ): Promise<Result> {
    const client = await connect();
    /** The statements behind a failed one fail as well, and say no more than that. */
    const failure: { first: DatabaseFailure | null } = { first: null };
    const { stream } = client.connection;
    const ask = async (text: string, values: Call["values"]) => {
      // What is sent in one turn goes in one packet: each costs a call of the system, and wakes PostgreSQL.
      stream.cork();
      process.nextTick(() => stream.uncork());
      try {
        return await client.query({ name: nameOf(text), text, values });
      } catch (error) {
        failure.first ??= new DatabaseFailure(error);
        throw failure.first;
      }
    };
    const send: Send = (call) => {
      const answer = ask(call.sql, call.values).then(({ rows }) => rows);
      answer.catch(() => {});
      return answer;
    };
    try {
      void send({ sql: opening, values: [] });
      const result = await work(send);
      if (opening === begin.look) {
        // Whoever has looked need not wait for the end of it.
        void ask("commit", []).then(
          () => client.release(),
          () => client.release(true),
        );
        return result;
      }
      committing();
      const { command } = await ask("commit", []);
      // What failed unseen has turned the commit into its contrary.
      if (command !== "COMMIT")
        throw failure.first ?? new DatabaseFailure(new Error("The commit was refused."));
      client.release();
      return result;
    } catch (error) {
      await client.query("rollback").then(
        () => client.release(failure.first?.isStale ?? false),
        () => client.release(true),
      );
      throw failure.first ?? error;
    }
  }

  async function persist<Result>(opening: string, work: (send: Send) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      let isUndone = true;
      try {
        return await once(opening, work, () => {
          isUndone = false;
        });
      } catch (error) {
        if (!(error instanceof DatabaseFailure) || attempt >= attempts) throw error;
        const isLost = error.isLostConnection;
        // A connection that broke before the commit has left nothing behind: another one may be had.
        if (!error.isConflict && !(isLost && isUndone && attempt === 1)) throw error;
        await wait(random() * firstWaitMs * 2 ** attempt);
      }
    }
  }

  async function tracked<Result>(start: () => Promise<Result>): Promise<Result> {
    if (closed) throw new ProblemError("unavailable", { detail: "The store is closed." });
    const doing = start();
    underWay.add(doing);
    const done = () => underWay.delete(doing);
    doing.then(done, done);
    return doing;
  }

  const told = <Result>(opening: string, makeUnit: () => Unit<Result>): Promise<Result> =>
    tracked(() => persist(opening, (send) => run(makeUnit(), send))).catch((error: unknown) => {
      throw asProblem(error);
    });

  return {
    write: (makeUnit, isolation = "readCommitted") => told(begin[isolation], makeUnit),
    read: (makeUnit) => told(begin.look, makeUnit),
    transact: (work) => tracked(() => persist(begin.readCommitted, work)),
    async close() {
      if (closed) return;
      closed = true;
      await Promise.allSettled(underWay);
      await pool.end();
    },
  };
}

async function run<Result>(unit: Unit<Result>, send: Send): Promise<Result> {
  let step = unit.next([]);
  while (!step.done) {
    const answer = send(step.value);
    step = unit.next(step.value.isSilent ? [] : await answer);
  }
  return step.value;
}
