import type { AuditDraft } from "../audit/audit-log.ts";

export type ConfigurationKind = "community" | "deployment";

/** A community or a deployment that administrators made; what its document means is `server/config`'s business. */
export interface ConfigurationObject {
  readonly kind: ConfigurationKind;
  readonly id: string;
  /** JSON; every secret in it is sealed. */
  readonly document: string;
  readonly updatedAt: number;
}

export interface StoredConfiguration {
  /** Grows with every change: whoever decides by what was read says which revision that was. */
  readonly revision: number;
  /** In the order of kind and id. */
  readonly objects: readonly ConfigurationObject[];
}

export interface ConfigurationChange {
  readonly kind: ConfigurationKind;
  readonly id: string;
  /** null removes the object. */
  readonly document: string | null;
  /** What the decision was made on. */
  readonly revision: number;
  readonly at: number;
  readonly audit: AuditDraft;
}

export interface ConfigurationStore {
  configuration(): Promise<StoredConfiguration>;
  /** That of `configuration`, alone: asked again and again for what other nodes changed. */
  configurationRevision(): Promise<number>;
  /**
   * Makes the change and its audit entry, both or neither.
   * @returns the new revision; null where another change came first: read again and decide again
   */
  changeConfiguration(change: ConfigurationChange): Promise<number | null>;
}
