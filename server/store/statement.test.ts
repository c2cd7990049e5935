import { Kysely, SqliteDialect } from "kysely";
import { describe, expect, it } from "vitest";
import type { Schema } from "./schema.ts";
import { statement } from "./statement.ts";

/** Compiles only; nothing is executed. */
const db = new Kysely<Schema>({
  dialect: new SqliteDialect({ database: () => Promise.reject(new Error("not connected")) }),
});

describe("A statement", () => {
  it("binds each parameter wherever the query uses it, between the query's own constants", () => {
    const query = statement((p: { hash: string; at: number }) =>
      db
        .selectFrom("revoked_token")
        .select("hash")
        .where("expires_at", ">", p.at)
        .where("hash", "!=", "constant")
        .where("hash", "=", p.hash)
        .where("expires_at", "!=", p.at),
    );
    expect(query.sql.match(/\?/g)).toHaveLength(4);
    expect(query.bind({ hash: "h", at: 7 })).toEqual([7, "constant", "h", 7]);
  });

  it("binds null as null", () => {
    const query = statement((p: { id: string; assignee: string | null }) =>
      db.updateTable("conversation").set({ assignee: p.assignee }).where("id", "=", p.id),
    );
    expect(query.bind({ id: "c", assignee: null })).toEqual([null, "c"]);
  });
});
