import type { Kysely } from "kysely";
import type { KeyUse } from "../key-use-store.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { rows, type Unit, write } from "../unit.ts";

export function keyUseUnits(db: Kysely<Schema>) {
  const save = statement((p: { communityId: string; kid: string; usedAt: number }) =>
    db
      .insertInto("key_use")
      .values({ community_id: p.communityId, kid: p.kid, used_at: p.usedAt })
      .onConflict((conflict) =>
        conflict
          .columns(["community_id", "kid"])
          .doUpdateSet((eb) => ({ used_at: eb.ref("excluded.used_at") }))
          .whereRef("key_use.used_at", "<", "excluded.used_at"),
      ),
  );
  const findOfCommunity = statement((p: { communityId: string }) =>
    db.selectFrom("key_use").selectAll().where("community_id", "=", p.communityId),
  );

  return {
    *record(uses: readonly KeyUse[]): Unit<void> {
      for (const { communityId, kid, usedAt } of uses) yield* write(save, { communityId, kid, usedAt });
    },

    *ofCommunity(communityId: string): Unit<readonly KeyUse[]> {
      const found = yield* rows(findOfCommunity, { communityId });
      return found.map(({ kid, used_at }) => ({ communityId, kid, usedAt: used_at }));
    },
  };
}
