/**
 * The history of the PostgreSQL schema. A migration that was released is never edited: add another.
 *
 * A migration has the same name here and in `../sqlite/migrations.ts`, and the tables have the same columns afterwards, which
 * `schema.test.ts` compares. To write one for both: numbers are `bigint` here and `integer` there; a text that is compared or
 * sorted is `id` here (texts are compared by their bytes there); `strict` and `without rowid` are left out; what a text
 * refers to is declared in both or in neither. While nodes are replaced one by one, those of before run on the new schema:
 * a new column is null or has a default, and none is dropped before nobody asks for it.
 */

import type { Kysely } from "kysely";
import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { refuseNewer } from "../newer-schema-error.ts";
import type { Schema } from "../schema.ts";

export const migrations: Record<string, Migration> = {
  "0001-first": { up: (db) => runAll(db, first) },
  "0002-attachments": { up: (db) => runAll(db, attachments) },
  "0003-erasure": { up: (db) => runAll(db, erasure) },
  "0004-token-watermark": { up: (db) => runAll(db, tokenWatermark) },
};

/** Compared by bytes, whatever language the database speaks: faster, and in the same order as everywhere. */
const id = `text collate "C"`;

const first = [
  `create table contact (
    id ${id} primary key,
    community_id ${id} not null,
    platform_key ${id} not null unique,
    auth_id ${id},
    identity text,
    verified smallint not null,
    fields text not null,
    valid_after_seconds bigint not null,
    created_at bigint not null
  )`,

  // Room in each page for what each message changes of it.
  `create table conversation (
    key bigint generated always as identity primary key,
    id ${id} not null unique,
    contact_id ${id} not null references contact (id),
    community_id ${id} not null,
    deployment_id ${id} not null,
    preview smallint not null,
    state ${id} not null,
    assignee text,
    last_seq bigint not null,
    contact_delivered bigint not null,
    contact_read bigint not null,
    agent_delivered bigint not null,
    agent_read bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    moved_to ${id},
    unique (contact_id, preview)
  ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)`,
  "create index conversation_recent on conversation (preview, updated_at, id) where last_seq > 0",
  "create index conversation_recent_of_state on conversation (preview, state, updated_at, id) where last_seq > 0",

  // No reference to the conversation: its row is locked by whoever writes here, and a check for each message costs more
  // than the message.
  `create table message (
    conversation_key bigint not null,
    seq bigint not null,
    id ${id} not null,
    author_kind ${id} not null,
    author_name text,
    verified smallint not null,
    text text not null,
    at bigint not null,
    primary key (conversation_key, seq),
    unique (conversation_key, id)
  )`,

  `create table session (
    id ${id} primary key,
    token_hash ${id} not null unique,
    contact_id ${id} not null references contact (id),
    conversation_id ${id} not null references conversation (id),
    community_id ${id} not null,
    deployment_id ${id} not null,
    method ${id} not null,
    device text not null,
    preview smallint not null,
    created_at bigint not null,
    idle_expires_at bigint not null,
    absolute_expires_at bigint not null,
    ended_at bigint,
    has_refresh_token smallint not null
  )`,
  "create index session_of_contact on session (contact_id)",
  "create index session_of_conversation on session (conversation_id)",
  "create index session_expiry on session (idle_expires_at)",
  "create index session_to_revoke on session (ended_at, idle_expires_at) where has_refresh_token = 1",

  `create table session_grant (
    session_id ${id} primary key references session (id) on delete cascade,
    sealed_refresh_token text,
    provider_session ${id}
  )`,
  "create index session_grant_of_provider on session_grant (provider_session) where provider_session is not null",

  `create table session_token (
    session_id ${id} not null references session (id) on delete cascade,
    hash ${id} not null,
    expires_at bigint not null,
    primary key (session_id, hash)
  )`,

  `create table former_session_token (
    session_id ${id} primary key references session (id) on delete cascade,
    hash ${id} not null
  )`,
  "create index session_of_former_token on former_session_token (hash)",

  `create table revoked_token (hash ${id} primary key, expires_at bigint not null)`,
  "create index revoked_token_expiry on revoked_token (expires_at)",

  `create table used_token (
    community_id ${id} not null,
    jti ${id} not null,
    expires_at bigint not null,
    primary key (community_id, jti)
  )`,
  "create index used_token_expiry on used_token (expires_at)",

  `create table platform_key (kid ${id} primary key, sealed_jwk text not null, created_at bigint not null)`,

  `create table jwk_set (url ${id} primary key, document text not null, fetched_at bigint not null)`,

  "create table configuration_revision (revision bigint not null)",
  "insert into configuration_revision values (0)",
  `create table configuration_object (
    kind ${id} not null,
    id ${id} not null,
    document text not null,
    updated_at bigint not null,
    primary key (kind, id)
  )`,

  `create table audit_entry (
    position bigint primary key,
    at bigint not null,
    actor text not null,
    action text not null,
    target text not null,
    detail text not null,
    previous_hash ${id} not null,
    hash ${id} not null
  )`,

  `create table key_use (
    community_id ${id} not null,
    kid ${id} not null,
    used_at bigint not null,
    primary key (community_id, kid)
  )`,
];

const attachments = [
  "alter table message add column attachments text",

  `create table attachment (
    id ${id} primary key,
    conversation_id ${id} not null,
    uploader ${id} not null,
    name text not null,
    type text not null,
    size bigint not null,
    width bigint,
    height bigint,
    state ${id} not null,
    message_id ${id},
    created_at bigint not null,
    changed_at bigint not null
  )`,
  "create index attachment_of_conversation on attachment (conversation_id)",
  "create index attachment_unsettled on attachment (changed_at) where state <> 'kept'",
];

const erasure = [
  `create table erasure (contact_id ${id} primary key, at bigint not null)`,
  "create index conversation_moved on conversation (moved_to) where moved_to is not null",
];

const tokenWatermark = [
  `create table token_watermark (
    key_hash ${id} primary key,
    valid_after_seconds bigint not null,
    expires_at bigint not null
  )`,
  "create index token_watermark_expiry on token_watermark (expires_at)",
];

async function runAll(db: Parameters<Migration["up"]>[0], statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/**
 * Brings the schema up to date, all of it or, where a migration throws, none. Of several nodes that start at once, one does
 * it and the others wait.
 *
 * @param end `undo`: tries it, and leaves everything as it was
 * @returns the names of the migrations that were made, in their order
 * @throws NewerSchemaError
 */
export async function migrate(db: Kysely<Schema>, end: "keep" | "undo" = "keep"): Promise<readonly string[]> {
  const known = Object.keys(migrations);
  const executed = await executedIn(db);
  refuseNewer(executed, known);
  if (executed.length === known.length) return [];
  if (end === "keep") return await migrateToLatest(db);
  const attempt = await db.startTransaction().execute();
  try {
    return await migrateToLatest(attempt);
  } finally {
    await attempt.rollback().execute();
  }
}

async function migrateToLatest(db: Kysely<Schema>): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error;
  return results.map(({ migrationName }) => migrationName);
}

async function executedIn(db: Kysely<Schema>): Promise<readonly string[]> {
  const { rows: tables } = await sql<{ found: string | null }>`
    select to_regclass('kysely_migration') as found`.execute(db);
  if (!tables[0]?.found) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map(({ name }) => name);
}
