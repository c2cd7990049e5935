import type { Kysely } from "kysely";
import type { ConfigurationChange, ConfigurationKind, StoredConfiguration } from "../configuration-store.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, rows, type Unit, write } from "../unit.ts";
import { auditUnits } from "./audit.ts";

export function configurationUnits(db: Kysely<Schema>) {
  const audit = auditUnits(db);
  const findRevision = statement((_: Record<never, never>) =>
    db.selectFrom("configuration_revision").select("revision"),
  );
  const findObjects = statement((_: Record<never, never>) =>
    db.selectFrom("configuration_object").selectAll().orderBy("kind").orderBy("id"),
  );
  const countUp = statement((_: Record<never, never>) =>
    db.updateTable("configuration_revision").set((eb) => ({ revision: eb("revision", "+", eb.lit(1)) })),
  );
  const save = statement((p: { kind: ConfigurationKind; id: string; document: string; at: number }) =>
    db
      .insertInto("configuration_object")
      .values({ kind: p.kind, id: p.id, document: p.document, updated_at: p.at })
      .onConflict((conflict) =>
        conflict.columns(["kind", "id"]).doUpdateSet((eb) => ({
          document: eb.ref("excluded.document"),
          updated_at: eb.ref("excluded.updated_at"),
        })),
      ),
  );
  const remove = statement((p: { kind: ConfigurationKind; id: string }) =>
    db.deleteFrom("configuration_object").where("kind", "=", p.kind).where("id", "=", p.id),
  );

  function* revision(): Unit<number> {
    return (yield* row(findRevision, {}))?.revision ?? 0;
  }

  return {
    revision,

    *read(): Unit<StoredConfiguration> {
      const current = yield* revision();
      const found = yield* rows(findObjects, {});
      return {
        revision: current,
        objects: found.map(({ updated_at, ...object }) => ({ ...object, updatedAt: updated_at })),
      };
    },

    *change({ kind, id, document, at, ...change }: ConfigurationChange): Unit<number | null> {
      const current = yield* revision();
      if (current !== change.revision) return null;
      if (document === null) yield* write(remove, { kind, id });
      else yield* write(save, { kind, id, document, at });
      yield* write(countUp, {});
      yield* audit.append(change.audit, at);
      return current + 1;
    },
  };
}
