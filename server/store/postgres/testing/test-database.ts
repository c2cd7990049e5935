/** A PostgreSQL database of a test file's own, made before its tests and dropped after them. */

import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Store } from "../../store.ts";
import { openPostgresStore, type PostgresOptions } from "../open.ts";

const serverUrl = process.env.TEST_DATABASE_URL || "postgres://postgres@127.0.0.1:5432/test";

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** A store with nothing in it; those that are open on the same database find nothing either. */
  openEmpty(options?: Partial<PostgresOptions>): Promise<Store>;
  /** Another node's store of the same database. */
  openAgain(options?: Partial<PostgresOptions>): Promise<Store>;
  /** Beside the store. */
  query(text: string, values?: unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** Defines tests that need PostgreSQL. Where none answers they are skipped, with the reason; with CI=true they fail. */
export async function describePostgres(
  title: string,
  define: (database: TestDatabase) => void,
): Promise<void> {
  const fault = await faultOfServer();
  if (fault === null) {
    // Each of them makes the disk sync, which takes its time where others do the same.
    describe(title, { timeout: 60_000 }, () => define(createTestDatabase()));
    return;
  }
  const advice = `needs PostgreSQL 15 or newer at ${new URL(serverUrl).host} (${fault}); start it, or set TEST_DATABASE_URL`;
  if (process.env.CI === "true")
    it(title, () => {
      throw new Error(`${title}: ${advice}`);
    });
  else {
    console.warn(`${title} is skipped: it ${advice}.`);
    it.skip(`${title}: ${advice}`, () => {});
  }
}

async function faultOfServer(): Promise<string | null> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message || "no answer" : String(error);
  }
}

function createTestDatabase(): TestDatabase {
  const name = `vouch_test_${process.pid}_${randomBytes(4).toString("hex")}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const server = new pg.Pool({ connectionString: serverUrl, max: 1 });
  const own = new pg.Pool({ connectionString: url.href, max: 2 });
  // Tests end connections by force.
  own.on("error", () => {});

  beforeAll(async () => {
    await server.query(`create database ${name} template template0 encoding 'UTF8'`);
  });
  afterAll(async () => {
    await own.end();
    await server.query(`drop database if exists ${name} with (force)`);
    await server.end();
  });

  const openAgain = (options: Partial<PostgresOptions> = {}) =>
    openPostgresStore({ url: url.href, connections: 6, ...options });

  async function empty(): Promise<void> {
    const { rows } = await own.query(
      `select tablename from pg_tables where schemaname = 'public'
        and tablename not like 'kysely%' and tablename <> 'configuration_revision'`,
    );
    const removals = rows.map(({ tablename }) => `delete from ${tablename}`);
    await own.query(`set session_replication_role = replica;
      ${[...removals, "update configuration_revision set revision = 0"].join("; ")};
      set session_replication_role = origin`);
  }

  return {
    url: url.href,
    name,
    openAgain,
    async openEmpty(options) {
      const store = await openAgain(options);
      await empty();
      return store;
    },
    query: async (text, values) => (await own.query(text, values)).rows,
  };
}
