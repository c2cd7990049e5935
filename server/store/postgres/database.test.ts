import { sql } from "kysely";
import pg, { type Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { rows, write } from "../unit.ts";
import { createDatabase, type Database } from "./database.ts";
import { kyselyOf } from "./kysely.ts";
import { createPool } from "./pool.ts";
import { describePostgres } from "./testing/test-database.ts";

/** Resolves for all once as many have arrived. */
function meeting(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived >= size) resolve();
    return promise;
  };
}

const rivalLock = 7;

/** Somebody who changes the counter between a transaction's look at it and its own change. */
async function startRival(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let under: Promise<void> = Promise.resolve();

  async function meddle(): Promise<void> {
    // Other test files wait for locks of other databases at the same time.
    const waiting = `select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
      where locktype = 'advisory' and not granted and datname = current_database()`;
    while ((await client.query(waiting)).rows.length === 0);
    await client.query("update counter set value = value + 10 where id = 'a'");
    await client.query(`select pg_advisory_unlock(${rivalLock})`);
  }

  return {
    /** Whoever asks for the lock from now on waits until the counter was changed. */
    async enter(): Promise<void> {
      await under;
      await client.query(`select pg_advisory_lock(${rivalLock})`);
      under = meddle();
    },
    async close(): Promise<void> {
      await under;
      await client.end();
    },
  };
}

await describePostgres("A transaction", (server) => {
  let pool: Pool;
  let database: Database;
  const waits: number[] = [];
  beforeAll(async () => {
    pool = createPool({ url: server.url, connections: 4, statementMs: 2000 });
    await pool.query("create table counter (id text primary key, value bigint not null)");
    database = createDatabase(pool, {
      random: () => 0.5,
      wait: async (ms) => void waits.push(ms),
    });
  });
  beforeEach(async () => {
    waits.length = 0;
    await pool.query("truncate counter");
    await pool.query("insert into counter values ('a', 0), ('b', 0)");
  });
  afterAll(() => database.close());

  const call = (text: string, ...values: string[]) => ({ sql: text, bind: () => values });
  const ask = (text: string) => rows<object, { value: number }>(call(text), {});
  const tell = (text: string) => write(call(text), {});
  const counted = async (id: string) =>
    (await pool.query("select value from counter where id = $1", [id])).rows[0].value;

  it("does all of it, or where a statement fails that nobody waited for, nothing", async () => {
    await database.write(function* () {
      yield* tell("update counter set value = 1 where id = 'a'");
      yield* tell("update counter set value = 1 where id = 'b'");
    });
    const failing = database.write(function* () {
      yield* tell("update counter set value = 2 where id = 'a'");
      yield* tell("insert into counter values ('b', 2)");
      yield* tell("update counter set value = 2 where id = 'b'");
    });
    await expect(failing).rejects.toMatchObject({ code: "unavailable", cause: { code: "23505" } });
    expect([await counted("a"), await counted("b")]).toEqual([1, 1]);
  });

  it("undoes what a unit did that throws, and throws what it threw", async () => {
    const failing = database.write(function* () {
      yield* tell("update counter set value = 1 where id = 'a'");
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await counted("a")).toBe(0);
  });

  it("sees what its own statements did, sent without waiting", async () => {
    const value = await database.write(function* () {
      yield* tell("update counter set value = 7 where id = 'a'");
      return (yield* ask("select value from counter where id = 'a'"))[0]?.value;
    });
    expect(value).toBe(7);
  });

  it("is done again after a deadlock", async () => {
    // PostgreSQL looks for deadlocks after a second.
    await pool.query(`alter database ${server.name} set deadlock_timeout = '50ms'`);
    const open = () =>
      createDatabase(createPool({ url: server.url, connections: 1 }), {
        random: () => 0.5,
        wait: async (ms) => void waits.push(ms),
      });
    const [one, other] = [open(), open()];
    const arrive = meeting(2);
    const crossing = (through: Database, first: string, second: string) =>
      through.transact(async (send) => {
        await send({ sql: `update counter set value = value + 1 where id = '${first}'`, values: [] });
        await arrive();
        await send({ sql: `update counter set value = value + 1 where id = '${second}'`, values: [] });
      });
    await Promise.all([crossing(one, "a", "b"), crossing(other, "b", "a")]);
    expect([await counted("a"), await counted("b")]).toEqual([2, 2]);
    // PostgreSQL ends one of them, or both.
    expect(waits.length).toBeGreaterThan(0);
    await Promise.all([one.close(), other.close()]);
  });

  it("on a snapshot is done again where another changed what it read, a few times, each after a longer wait", async () => {
    const rival = await startRival(server.url);
    const rivalled = createDatabase(createPool({ url: server.url, connections: 2 }), {
      random: () => 0.5,
      async wait(ms) {
        waits.push(ms);
        if (waits.length < rivals) await rival.enter();
      },
    });
    const adding = () =>
      rivalled.write(function* () {
        const [found] = yield* ask("select value from counter where id = 'a'");
        yield* ask(`select pg_advisory_xact_lock(${rivalLock})`);
        yield* tell(`update counter set value = ${(found?.value ?? 0) + 1} where id = 'a'`);
      }, "snapshot");
    let rivals = 2;
    await rival.enter();
    await adding();
    expect(await counted("a")).toBe(21);
    expect(waits).toEqual([4, 8]);

    rivals = 99;
    waits.length = 0;
    await rival.enter();
    await expect(adding()).rejects.toMatchObject({ code: "unavailable", cause: { code: "40001" } });
    expect(waits).toEqual([4, 8, 16, 32, 64]);
    await rivalled.close();
    await rival.close();
  });

  it("gives up a statement that takes too long, and goes on with the next", async () => {
    const slow = database.read(() => ask("select pg_sleep(5)::text as value"));
    await expect(slow).rejects.toMatchObject({ code: "unavailable", cause: { code: "57014" } });
    expect(await database.read(() => ask("select 1::bigint as value"))).toEqual([{ value: 1 }]);
  });

  it("is done on another connection where its own was cut before the commit", async () => {
    let attempts = 0;
    await database.transact(async (send) => {
      attempts += 1;
      const [row] = await send({ sql: "select pg_backend_pid()::bigint as value", values: [] });
      await send({ sql: "update counter set value = value + 1 where id = 'a'", values: [] });
      if (attempts === 1)
        await server.query("select pg_terminate_backend($1, 5000)", [(row as { value: number }).value]);
      await send({ sql: "select 1", values: [] });
    });
    expect(attempts).toBe(2);
    expect(await counted("a")).toBe(1);
  });

  it("prepares anew where another node added a column", async () => {
    const look = () => database.read(() => ask("select * from counter where id = 'a'"));
    expect(await look()).toEqual([{ id: "a", value: 0 }]);
    await pool.query("alter table counter add column added text");
    expect(await look()).toEqual([{ id: "a", value: 0, added: null }]);
    await pool.query("alter table counter drop column added");
  });

  it("answers with whole numbers, and with none that JavaScript would change", async () => {
    const [row] = await database.read(() => ask("select 9007199254740991 as value"));
    expect(row?.value).toBe(Number.MAX_SAFE_INTEGER);
    await expect(database.read(() => ask("select 9007199254740993 as value"))).rejects.toMatchObject({
      code: "unavailable",
    });
    expect(await database.read(() => ask("select 1::bigint as value"))).toEqual([{ value: 1 }]);
  });

  it("sees one moment, however many statements look at it", async () => {
    const seen = await database.read(function* () {
      const [before] = yield* ask("select value from counter where id = 'a'");
      yield* ask("select pg_sleep(0.1)::text as value");
      const [after] = yield* ask("select value from counter where id = 'a'");
      return [before?.value, after?.value];
    });
    expect(seen[0]).toBe(seen[1]);
  });

  it("is refused once the database was closed, which waits for what is under way", async () => {
    const other = createDatabase(createPool({ url: server.url, connections: 2 }), {
      random: Math.random,
      wait: async () => {},
    });
    const slow = other.write(() => tell("select pg_sleep(0.2)"));
    await other.close();
    await expect(slow).resolves.toBeUndefined();
    await expect(other.write(() => tell("select 1"))).rejects.toMatchObject({ code: "unavailable" });
  });

  it("commits durably, with the settings of the store", async () => {
    const db = kyselyOf(pool);
    const { rows: found } = await sql<{ name: string; setting: string }>`select name, setting from pg_settings
      where name in ('synchronous_commit', 'statement_timeout', 'idle_in_transaction_session_timeout', 'application_name')
      order by name`.execute(db);
    expect(found.map(({ setting }) => setting)).toEqual(["vouch", "4000", "2000", "on"]);
  });
});
