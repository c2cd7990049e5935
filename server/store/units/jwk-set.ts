import type { Kysely } from "kysely";
import type { StoredJwkSet } from "../jwk-set-store.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, type Unit, write } from "../unit.ts";

export function jwkSetUnits(db: Kysely<Schema>) {
  const findOne = statement((p: { url: string }) =>
    db.selectFrom("jwk_set").selectAll().where("url", "=", p.url),
  );
  const upsert = statement((p: { url: string; document: string; fetchedAt: number }) =>
    db
      .insertInto("jwk_set")
      .values({ url: p.url, document: p.document, fetched_at: p.fetchedAt })
      .onConflict((conflict) =>
        conflict
          .column("url")
          .doUpdateSet((set) => ({
            document: set.ref("excluded.document"),
            fetched_at: set.ref("excluded.fetched_at"),
          }))
          .whereRef("excluded.fetched_at", ">=", "jwk_set.fetched_at"),
      ),
  );

  return {
    *find(url: string): Unit<StoredJwkSet | null> {
      const found = yield* row(findOne, { url });
      return found ? { url: found.url, document: found.document, fetchedAt: found.fetched_at } : null;
    },

    *save({ url, document, fetchedAt }: StoredJwkSet): Unit<void> {
      yield* write(upsert, { url, document, fetchedAt });
    },
  };
}
