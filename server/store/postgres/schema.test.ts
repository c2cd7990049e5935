import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { openFor } from "../contract/fixtures.ts";
import { openSqliteStore } from "../sqlite/open.ts";
import { migrations } from "./migrations.ts";
import { describePostgres } from "./testing/test-database.ts";

await describePostgres("The schema", (database) => {
  it("has the tables, columns and migrations that SQLite has, its journal apart", async () => {
    const store = await database.openAgain();
    await store.close();
    const found = await database.query(
      `select table_name as "table", column_name as "column", is_nullable = 'YES' as nullable
      from information_schema.columns where table_schema = 'public' and table_name not like 'kysely%'
      order by 1, 2`,
    );
    const directory = mkdtempSync(join(tmpdir(), "vouch-schema-"));
    try {
      await (await openSqliteStore(join(directory, "vouch.db"))).close();
      const sqlite = new DatabaseSync(join(directory, "vouch.db"));
      const expected = sqlite
        .prepare(
          `select t.name as "table", c.name as "column", c."notnull" = 0 and c.pk = 0 as nullable
          from sqlite_schema t, pragma_table_info(t.name) c
          where t.type = 'table' and t.name not like 'kysely%' and t.name <> 'message_journal' order by 1, 2`,
        )
        .all()
        .map((column) => ({ ...column, nullable: column.nullable === 1 }));
      const names = sqlite.prepare("select name from kysely_migration order by name").all();
      sqlite.close();
      expect(found).toEqual(expected);
      expect(Object.keys(migrations)).toEqual(names.map(({ name }) => name));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("is made once by nodes that start at the same time, and found by those that come later", async () => {
    await database.query("drop schema public cascade");
    await database.query("create schema public");
    const stores = await Promise.all([1, 2, 3].map(() => database.openAgain()));
    stores.push(await database.openAgain());
    await Promise.all(stores.map((store) => openFor(store, "ada")));
    expect(await database.query("select count(*)::int as contacts from contact")).toEqual([{ contacts: 1 }]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it("of a newer version is refused by name, and left as it is", async () => {
    await (await database.openAgain()).close();
    await database.query("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')");
    await expect(database.openAgain()).rejects.toMatchObject({
      name: "NewerSchemaError",
      message: expect.stringContaining("9999-later"),
    });
    await database.query("delete from kysely_migration where name = '9999-later'");
    await (await database.openAgain()).close();
  });
});
