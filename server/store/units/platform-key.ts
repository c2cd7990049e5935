import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { StoredPlatformKey } from "../store.ts";
import { rows, type Unit, write } from "../unit.ts";

export function platformKeyUnits(db: Kysely<Schema>) {
  const findAll = statement((_: Record<never, never>) =>
    db.selectFrom("platform_key").selectAll().orderBy("created_at", "desc").orderBy("kid"),
  );
  const insert = statement((p: { kid: string; sealedJwk: string; createdAt: number }) =>
    db.insertInto("platform_key").values({ kid: p.kid, sealed_jwk: p.sealedJwk, created_at: p.createdAt }),
  );
  const remove = statement((p: { before: number }) =>
    db.deleteFrom("platform_key").where("created_at", "<", p.before),
  );

  function* list(): Unit<readonly StoredPlatformKey[]> {
    const found = yield* rows(findAll, {});
    return found.map((key) => ({ kid: key.kid, sealedJwk: key.sealed_jwk, createdAt: key.created_at }));
  }

  return {
    list,

    *add(key: StoredPlatformKey, unlessNewerThan: number): Unit<readonly StoredPlatformKey[]> {
      const standing = yield* list();
      if (standing.some(({ createdAt }) => createdAt > unlessNewerThan)) return standing;
      yield* write(insert, { kid: key.kid, sealedJwk: key.sealedJwk, createdAt: key.createdAt });
      return yield* list();
    },

    *removeBefore(before: number): Unit<void> {
      yield* write(remove, { before });
    },
  };
}
