/**
 * What the server needs of its store. SQLite implements it for one node, PostgreSQL for many; `contract.suite.ts` is
 * the suite that both run.
 *
 * Each method is one transaction, and its promise settles once the transaction is durable: whoever is told “yes” after
 * awaiting it may rely on it. Times are milliseconds since 1970-01-01 UTC and are handed in; the store reads no clock.
 */

import type { AttachmentStore } from "./attachment-store.ts";
import type { AuditStore } from "./audit-store.ts";
import type { ConfigurationStore } from "./configuration-store.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { ErasureStore } from "./erasure-store.ts";
import type { GrantStore } from "./grant-store.ts";
import type { JwkSetStore } from "./jwk-set-store.ts";
import type { KeyUseStore } from "./key-use-store.ts";
import type { KeyStore } from "./platform-key-store.ts";
import type { SealedStore } from "./sealed-store.ts";
import type { SessionStore } from "./session-store.ts";

export type * from "./attachment-store.ts";
export type * from "./conversation-store.ts";
export type * from "./erasure-store.ts";
export type { GrantStore, RevocableGrant, SessionGrant } from "./grant-store.ts";
export type * from "./platform-key-store.ts";
export type * from "./session-store.ts";

export interface Store
  extends SessionStore,
    GrantStore,
    ConversationStore,
    AttachmentStore,
    KeyStore,
    JwkSetStore,
    ConfigurationStore,
    AuditStore,
    KeyUseStore,
    ErasureStore,
    SealedStore {
  /** Resolves if the store answers; what `/readyz` asks. */
  ping(): Promise<void>;
  /**
   * Copies everything into a new SQLite file while others go on; null where the database has tools of its own for that.
   * Throws `unavailable` where the file can't be written.
   */
  readonly backup: ((path: string) => Promise<void>) | null;
  /** Settles after everything accepted is durable. */
  close(): Promise<void>;
}
