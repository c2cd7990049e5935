import type { AuditDraft } from "../audit/audit-log.ts";

export interface AuditEntry extends AuditDraft {
  /** 1, 2, 3 … without gaps. */
  readonly position: number;
  readonly at: number;
  /** Of the entry before; 64 zeros before the first. */
  readonly previousHash: string;
  /** SHA-256 over the previous hash and all other members (`server/audit/chain.ts`), lower-case hex. */
  readonly hash: string;
}

export interface AuditStore {
  appendAudit(draft: AuditDraft, at: number): Promise<AuditEntry>;
  /** Newest first; `before` is a position. */
  auditEntries(query: { readonly before?: number; readonly limit: number }): Promise<readonly AuditEntry[]>;
}
