/** The tables, as Kysely sees them. Times are milliseconds since 1970-01-01 UTC, booleans 0 or 1, in every dialect. */

import type { Generated } from "kysely";
import type { AuthorKind, ConversationStatus } from "../../shared/protocol.ts";
import type { AttachmentState } from "./attachment-store.ts";
import type { ConfigurationKind } from "./configuration-store.ts";
import type { SessionMethod } from "./store.ts";

export type Flag = 0 | 1;

export interface ContactTable {
  id: string;
  community_id: string;
  platform_key: string;
  /** null for a visitor, as is `identity`. */
  auth_id: string | null;
  identity: string | null;
  verified: Flag;
  /** JSON object of `ContactField` by field name. */
  fields: string;
  /** Tokens issued before this second are refused: the watermark of “log out everywhere”. */
  valid_after_seconds: number;
  created_at: number;
}

export interface ConversationTable {
  /** What messages refer to: an integer keeps their indexes a third of the size. Never leaves the store. */
  key: Generated<number>;
  id: string;
  contact_id: string;
  community_id: string;
  deployment_id: string;
  preview: Flag;
  state: ConversationStatus;
  assignee: string | null;
  last_seq: number;
  contact_delivered: number;
  contact_read: number;
  agent_delivered: number;
  agent_read: number;
  created_at: number;
  updated_at: number;
  /** Where its messages went when its visitor signed in; nobody is shown what is left here. */
  moved_to: string | null;
}

export interface MessageTable {
  conversation_key: number;
  seq: number;
  id: string;
  author_kind: AuthorKind;
  author_name: string | null;
  verified: Flag;
  text: string;
  at: number;
  /** JSON array of `Attachment`; null where there are none. */
  attachments: string | null;
}

/** A file that somebody sent, or is about to; its bytes are kept elsewhere, under its id. */
export interface AttachmentTable {
  id: string;
  conversation_id: string;
  /** Which side of the conversation sends it. */
  uploader: "contact" | "agent";
  name: string;
  type: string;
  /** Bytes. */
  size: number;
  /** Pixels; null where it is no picture, as is `height`. */
  width: number | null;
  height: number | null;
  state: AttachmentState;
  /** The message that carries it; null until one claims it. */
  message_id: string | null;
  created_at: number;
  /** When it came into its state. */
  changed_at: number;
}

export interface SessionTable {
  id: string;
  token_hash: string;
  contact_id: string;
  conversation_id: string;
  community_id: string;
  deployment_id: string;
  method: SessionMethod;
  device: string;
  preview: Flag;
  created_at: number;
  idle_expires_at: number;
  absolute_expires_at: number;
  ended_at: number | null;
  /** Said here as well, so that who asks for a session need not ask for its grant. */
  has_refresh_token: Flag;
}

export interface SessionGrantTable {
  session_id: string;
  sealed_refresh_token: string | null;
  provider_session: string | null;
}

/** The session token of before the last renewal: it may end the session, and nothing else. */
export interface FormerSessionTokenTable {
  session_id: string;
  hash: string;
}

/** The identity tokens that opened or renewed a session: what its end revokes. */
export interface SessionTokenTable {
  session_id: string;
  hash: string;
  expires_at: number;
}

export interface RevokedTokenTable {
  hash: string;
  expires_at: number;
}

/** `jti`s of single-use tokens. */
export interface UsedTokenTable {
  community_id: string;
  jti: string;
  expires_at: number;
}

export interface PlatformKeyTable {
  kid: string;
  sealed_jwk: string;
  created_at: number;
}

/** The last good JWK set of an address. */
export interface JwkSetTable {
  url: string;
  document: string;
  fetched_at: number;
}

/** Counts the changes of `configuration_object`; one row. */
export interface ConfigurationRevisionTable {
  revision: number;
}

export interface ConfigurationObjectTable {
  kind: ConfigurationKind;
  id: string;
  /** JSON; secrets in it are sealed. */
  document: string;
  updated_at: number;
}

export interface AuditEntryTable {
  position: number;
  at: number;
  actor: string;
  action: string;
  target: string;
  detail: string;
  previous_hash: string;
  hash: string;
}

/** Contacts that are gone, by an id that says nothing about them. */
export interface ErasureTable {
  contact_id: string;
  at: number;
}

/** The watermark of somebody of whom no contact stands: whose contact was erased. */
export interface TokenWatermarkTable {
  /** SHA-256 of the platform key, lower-case hex; empty: everybody's. */
  key_hash: string;
  /** Tokens issued before this second are refused. */
  valid_after_seconds: number;
  /** When none of those tokens can be alive any longer. */
  expires_at: number;
}

/** When a key last verified a token. */
export interface KeyUseTable {
  community_id: string;
  kid: string;
  used_at: number;
}

export interface Schema {
  contact: ContactTable;
  conversation: ConversationTable;
  message: MessageTable;
  attachment: AttachmentTable;
  session: SessionTable;
  session_grant: SessionGrantTable;
  former_session_token: FormerSessionTokenTable;
  session_token: SessionTokenTable;
  revoked_token: RevokedTokenTable;
  used_token: UsedTokenTable;
  platform_key: PlatformKeyTable;
  jwk_set: JwkSetTable;
  configuration_revision: ConfigurationRevisionTable;
  configuration_object: ConfigurationObjectTable;
  audit_entry: AuditEntryTable;
  key_use: KeyUseTable;
  erasure: ErasureTable;
  token_watermark: TokenWatermarkTable;
}
