import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../observability/log.ts";
import type { AuditEntry, AuditStore } from "../store/audit-store.ts";
import { isIntact } from "./chain.ts";

/** What was done to the installation, by whom: administrators' changes, and what happened to trusted keys. */
export interface AuditDraft {
  /** `administrator`, `server`, later the id of an agent. */
  readonly actor: string;
  /** `community.created`, `key.removed`, `jwks.unavailable`: past tense, dotted. */
  readonly action: string;
  /** What it was done to: `community/acme`, `community/acme/key/2026-rsa`. */
  readonly target: string;
  /** One sentence; never a secret. */
  readonly detail: string;
}

export interface AuditLog {
  /** In the background: never throws; a failure is logged. */
  note(entry: AuditDraft): void;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Nothing was changed, inserted or taken out in this page, nor between it and the entry before it. */
  readonly intact: boolean;
}

export interface AuditTrail {
  /** @param query `before` is a position */
  page(query: { readonly before?: number; readonly limit: number }): Promise<AuditPage>;
}

export function createAuditLog(store: AuditStore, clock: Clock, log: Log): AuditLog & AuditTrail {
  return {
    note(entry) {
      log.info({ event: "audit", ...entry });
      store.appendAudit(entry, clock.now()).catch((error: unknown) => {
        // The entry goes where operators look, so that what happened is written down somewhere.
        log.error({ event: "audit_failed", ...entry, error });
      });
    },
    async page({ limit, ...query }) {
      // One more: what the oldest of the page is chained to.
      const entries = await store.auditEntries({ ...query, limit: limit + 1 });
      return { entries: entries.slice(0, limit), intact: isIntact(entries) };
    },
  };
}
