/** From which second on tokens are taken of somebody of whom no contact stands: an erasure must not let old ones in again. */

import { hash } from "node:crypto";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { rows, type Unit, write } from "../unit.ts";

/** Longer than the configuration lets any token live, 366 days, with the clock skew it may allow. */
export const watermarkKeptMs = 367 * 24 * 60 * 60 * 1000;

/** Stands for every platform key: what a restored backup knows nothing of. */
export const everybody = "";

export function tokenWatermarkUnits(db: Kysely<Schema>) {
  const find = statement((p: { keyHash: string; everybody: string }) =>
    db
      .selectFrom("token_watermark")
      .select("valid_after_seconds")
      .where("key_hash", "in", [p.keyHash, p.everybody]),
  );
  // Whoever was erased before came back with the watermark of then: the new one is never the lower.
  const save = statement((p: { keyHash: string; second: number; expiresAt: number }) =>
    db
      .insertInto("token_watermark")
      .values({ key_hash: p.keyHash, valid_after_seconds: p.second, expires_at: p.expiresAt })
      .onConflict((conflict) =>
        conflict.column("key_hash").doUpdateSet({ valid_after_seconds: p.second, expires_at: p.expiresAt }),
      ),
  );
  const sweep = statement((p: { at: number }) =>
    db.deleteFrom("token_watermark").where("expires_at", "<", p.at),
  );

  return {
    /** @returns 0 where every token is taken */
    *find(platformKey: string): Unit<number> {
      const found = yield* rows(find, { keyHash: keyHashOf(platformKey), everybody });
      return Math.max(0, ...found.map(({ valid_after_seconds: second }) => second));
    },

    *keep(platformKey: string, second: number, at: number): Unit<void> {
      const expiresAt = Math.max(at, second * 1000) + watermarkKeptMs;
      yield* write(save, { keyHash: keyHashOf(platformKey), second, expiresAt });
    },

    *sweep(at: number): Unit<void> {
      yield* write(sweep, { at });
    },
  };
}

const keyHashOf = (platformKey: string): string => hash("sha256", platformKey);
