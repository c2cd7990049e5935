import { hash } from "node:crypto";
import type { AuditEntry } from "../store/audit-store.ts";

/** What stands for the entry before the first. */
export const chainStart = "0".repeat(64);

/**
 * The members in the order of their names, without white space: what RFC 8785 makes of an object of texts and whole
 * numbers, so that anybody can compute it with any tool.
 */
export function entryHash(entry: Omit<AuditEntry, "hash">): string {
  const { action, actor, at, detail, position, previousHash, target } = entry;
  return hash("sha256", JSON.stringify({ action, actor, at, detail, position, previousHash, target }));
}

/**
 * Whether nothing was changed, inserted or taken out between the first and the last of these entries.
 * @param entries newest first; where the first of all is among them the chain's start is checked as well
 */
export const isIntact = (entries: readonly AuditEntry[]): boolean =>
  entries.every((entry, index) => {
    const older = entries[index + 1];
    return (
      entry.hash === entryHash(entry) &&
      (!older || (older.hash === entry.previousHash && older.position === entry.position - 1)) &&
      (entry.position !== 1 || entry.previousHash === chainStart)
    );
  });
