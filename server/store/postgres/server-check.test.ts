import type { Pool } from "pg";
import { expect, it } from "vitest";
import { openPostgresStore } from "./open.ts";
import { checkServer, isWritable } from "./server-check.ts";
import { describePostgres } from "./testing/test-database.ts";

it("A database that nobody serves is named with its place, and without user and password", async () => {
  const opened = openPostgresStore({ url: "postgres://vouch:hunter2@127.0.0.1:1/messages" });
  await expect(opened).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/^The database 127\.0\.0\.1:1\/messages can't be used: .*ECONNREFUSED/),
  });
  await expect(opened).rejects.toThrow(expect.not.stringMatching(/hunter2/));
});

/** A server of a version, or in a state, that none of the tests' is. */
const answering = (row: object) => ({ query: async () => ({ rows: [row] }) }) as unknown as Pool;

it("A server older than PostgreSQL 15 is refused, and 15 is taken", async () => {
  const check = (version: number) => checkServer(answering({ version, encoding: "UTF8" }), "postgres://h/d");
  await expect(check(14)).rejects.toMatchObject({
    name: "ConfigurationError",
    message: "DATABASE_URL: is PostgreSQL 14; this release needs 15 or newer",
  });
  await check(15);
});

it("A replica that has not been promoted is no place to store anything", async () => {
  await expect(isWritable(answering({ is_replica: true }))).rejects.toMatchObject({ code: "unavailable" });
  await isWritable(answering({ is_replica: false }));
});

await describePostgres("A database", (server) => {
  it("that does not exist is named", async () => {
    const opened = openPostgresStore({ url: server.url.replace(server.name, "vouch_test_nowhere") });
    await expect(opened).rejects.toThrow(/vouch_test_nowhere can't be used/);
  });

  it("that keeps no Unicode is refused, with the fix", async () => {
    const name = `${server.name}_ascii`;
    await server.query(
      `create database ${name} template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'`,
    );
    try {
      const opened = openPostgresStore({ url: server.url.replace(server.name, name) });
      await expect(opened).rejects.toMatchObject({
        name: "ConfigurationError",
        message: "DATABASE_URL: has the encoding SQL_ASCII; create the database with UTF8",
      });
    } finally {
      await server.query(`drop database ${name} with (force)`);
    }
  });
});
