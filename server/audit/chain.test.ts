import { describe, expect, it } from "vitest";
import type { AuditEntry } from "../store/audit-store.ts";
import { chainStart, entryHash, isIntact } from "./chain.ts";

/** Three entries, newest first. */
function chain(): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const position of [1, 2, 3]) {
    const entry = {
      position,
      at: position * 1000,
      actor: "administrator",
      action: "key.added",
      target: "community/acme/key/k",
      detail: "HS256",
      previousHash: entries[0]?.hash ?? chainStart,
    };
    entries.unshift({ ...entry, hash: entryHash(entry) });
  }
  return entries;
}

describe("A chain of audit entries", () => {
  it("is intact as it was written, whole and in part", () => {
    expect(isIntact(chain())).toBe(true);
    expect(isIntact(chain().slice(0, 2))).toBe(true);
    expect(isIntact([])).toBe(true);
  });

  it("has the hash that anybody computes from the entry's JSON, its members by name", () => {
    const [entry] = chain().slice(-1);
    expect(entry?.hash).toBe("436eb0387edb9b5d6f0f3ee64926d434aa6007d2cf4e624025aaefb90ac8b52c");
  });

  it.each(["actor", "action", "target", "detail", "at", "position", "hash", "previousHash"] as const)(
    "is broken where %s of any entry was changed",
    (member) => {
      for (const index of [0, 1, 2]) {
        const entries = chain();
        const entry = entries[index];
        if (!entry) throw new Error("unreachable");
        const value = typeof entry[member] === "number" ? 7 : `${entry[member]}x`;
        entries[index] = { ...entry, [member]: value };
        expect(isIntact(entries)).toBe(false);
      }
    },
  );

  it("is broken where an entry was changed together with its hash", () => {
    const entries = chain();
    const [, middle] = entries;
    if (!middle) throw new Error("unreachable");
    const forged = { ...middle, detail: "nothing happened" };
    entries[1] = { ...forged, hash: entryHash(forged) };
    expect(isIntact(entries)).toBe(false);
  });

  it("is broken where an entry was taken out, or the start was", () => {
    const [third, second, first] = chain();
    if (!third || !second || !first) throw new Error("unreachable");
    expect(isIntact([third, first])).toBe(false);
    const orphan = { ...second, position: 1 };
    expect(isIntact([{ ...orphan, hash: entryHash(orphan) }])).toBe(false);
  });
});
