import type { Kysely } from "kysely";
import type { AuditDraft } from "../../audit/audit-log.ts";
import { chainStart, entryHash } from "../../audit/chain.ts";
import type { AuditEntry } from "../audit-store.ts";
import type { AuditEntryTable, Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, rows, type Unit, write } from "../unit.ts";

export function auditUnits(db: Kysely<Schema>) {
  const findBefore = statement((p: { before: number; limit: number }) =>
    db
      .selectFrom("audit_entry")
      .selectAll()
      .where("position", "<", p.before)
      .orderBy("position", "desc")
      .limit(p.limit),
  );
  const insert = statement((p: AuditEntryTable & Record<string, string | number>) =>
    db.insertInto("audit_entry").values({
      position: p.position,
      at: p.at,
      actor: p.actor,
      action: p.action,
      target: p.target,
      detail: p.detail,
      previous_hash: p.previous_hash,
      hash: p.hash,
    }),
  );

  return {
    *append({ actor, action, target, detail }: AuditDraft, at: number): Unit<AuditEntry> {
      const newest = yield* row(findBefore, { before: Number.MAX_SAFE_INTEGER, limit: 1 });
      const entry = {
        position: (newest?.position ?? 0) + 1,
        at,
        actor,
        action,
        target,
        detail,
        previousHash: newest?.hash ?? chainStart,
      };
      const { previousHash, ...members } = entry;
      const hash = entryHash(entry);
      yield* write(insert, { ...members, previous_hash: previousHash, hash });
      return { ...entry, hash };
    },

    *page(before: number, limit: number): Unit<readonly AuditEntry[]> {
      const found = yield* rows(findBefore, { before, limit });
      return found.map(({ previous_hash, ...entry }) => ({ ...entry, previousHash: previous_hash }));
    },
  };
}
