import type { Kysely } from "kysely";
import { eachSealed } from "../../config/sealed-document.ts";
import type { Schema } from "../schema.ts";
import { type Statement, statement } from "../statement.ts";
import { rows, type Unit, write } from "../unit.ts";

type Renew = (sealed: string) => string;

/** A column that holds sealed text: how to read it with its row's key, how to write it, and where in it the text is. */
interface SealedColumn {
  readonly find: Statement<Record<never, never>, { readonly key: string; readonly text: string }>;
  readonly save: Statement<{ key: string; text: string }, unknown>;
  renewed(text: string, renew: Renew): string;
}

const whole = (text: string, renew: Renew): string => renew(text);
const within = (text: string, renew: Renew): string => JSON.stringify(eachSealed(JSON.parse(text), renew));

/** Whoever adds a column of sealed text adds it here, or it is lost when VOUCH_SECRET is turned. */
function sealedColumns(db: Kysely<Schema>): readonly SealedColumn[] {
  return [
    {
      find: statement((_: Record<never, never>) =>
        db.selectFrom("platform_key").select(["kid as key", "sealed_jwk as text"]),
      ),
      save: statement((p: { key: string; text: string }) =>
        db.updateTable("platform_key").set({ sealed_jwk: p.text }).where("kid", "=", p.key),
      ),
      renewed: whole,
    },
    {
      find: statement((_: Record<never, never>) =>
        db
          .selectFrom("session_grant")
          .select(["session_id as key", "sealed_refresh_token as text"])
          .where("sealed_refresh_token", "is not", null)
          .$narrowType<{ text: string }>(),
      ),
      save: statement((p: { key: string; text: string }) =>
        db.updateTable("session_grant").set({ sealed_refresh_token: p.text }).where("session_id", "=", p.key),
      ),
      renewed: whole,
    },
    {
      // Deployments have no secrets, and so the id alone is the key.
      find: statement((_: Record<never, never>) =>
        db
          .selectFrom("configuration_object")
          .select(["id as key", "document as text"])
          .where("kind", "=", "community"),
      ),
      save: statement((p: { key: string; text: string }) =>
        db
          .updateTable("configuration_object")
          .set({ document: p.text })
          .where("kind", "=", "community")
          .where("id", "=", p.key),
      ),
      renewed: within,
    },
  ];
}

export function sealedUnits(db: Kysely<Schema>) {
  const columns = sealedColumns(db);
  return {
    *renew(renew: Renew): Unit<number> {
      let changed = 0;
      for (const { find, save, renewed } of columns) {
        for (const { key, text } of yield* rows(find, {})) {
          const next = renewed(text, renew);
          if (next === text) continue;
          yield* write(save, { key, text: next });
          changed++;
        }
      }
      return changed;
    },
  };
}
