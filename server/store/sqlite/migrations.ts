/** The history of the SQLite schema. A migration that was released is never edited: add another. */

import type { Kysely } from "kysely";
import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { refuseNewer } from "../newer-schema-error.ts";
import type { Schema } from "../schema.ts";
import type { Database } from "./database.ts";

const migrations: Record<string, Migration> = {
  "0001-first": { up: (db) => runAll(db, first) },
  "0002-attachments": { up: (db) => runAll(db, attachments) },
  "0003-erasure": { up: (db) => runAll(db, erasure) },
  "0004-token-watermark": { up: (db) => runAll(db, tokenWatermark) },
};

const first = [
  // In the order of its ids: a session that refers to a contact looks where it was found, not into a tree of its own.
  `create table contact (
    id text primary key,
    community_id text not null,
    platform_key text not null unique,
    auth_id text,
    identity text,
    verified integer not null,
    fields text not null,
    valid_after_seconds integer not null,
    created_at integer not null
  ) strict, without rowid`,

  `create table conversation (
    key integer primary key,
    id text not null unique,
    contact_id text not null references contact (id),
    community_id text not null,
    deployment_id text not null,
    preview integer not null,
    state text not null,
    assignee text,
    last_seq integer not null,
    contact_delivered integer not null,
    contact_read integer not null,
    agent_delivered integer not null,
    agent_read integer not null,
    created_at integer not null,
    updated_at integer not null,
    moved_to text,
    unique (contact_id, preview)
  ) strict`,
  "create index conversation_recent on conversation (preview, updated_at, id) where last_seq > 0",
  "create index conversation_recent_of_state on conversation (preview, state, updated_at, id) where last_seq > 0",

  // Stored in the order of its key: a page of history is read from neighbouring rows.
  `create table message (
    conversation_key integer not null references conversation (key),
    seq integer not null,
    id text not null,
    author_kind text not null,
    author_name text,
    verified integer not null,
    text text not null,
    at integer not null,
    primary key (conversation_key, seq),
    unique (conversation_key, id)
  ) strict, without rowid`,

  `create table message_journal (
    position integer primary key,
    messages text not null
  ) strict`,

  `create table session (
    id text primary key,
    token_hash text not null unique,
    contact_id text not null references contact (id),
    conversation_id text not null references conversation (id),
    community_id text not null,
    deployment_id text not null,
    method text not null,
    device text not null,
    preview integer not null,
    created_at integer not null,
    idle_expires_at integer not null,
    absolute_expires_at integer not null,
    ended_at integer,
    has_refresh_token integer not null
  ) strict, without rowid`,
  "create index session_of_contact on session (contact_id)",
  "create index session_expiry on session (idle_expires_at)",
  "create index session_to_revoke on session (ended_at, idle_expires_at) where has_refresh_token = 1",

  `create table session_grant (
    session_id text primary key references session (id) on delete cascade,
    sealed_refresh_token text,
    provider_session text
  ) strict, without rowid`,
  "create index session_grant_of_provider on session_grant (provider_session) where provider_session is not null",

  `create table session_token (
    session_id text not null references session (id) on delete cascade,
    hash text not null,
    expires_at integer not null,
    primary key (session_id, hash)
  ) strict, without rowid`,

  `create table former_session_token (
    session_id text primary key references session (id) on delete cascade,
    hash text not null
  ) strict, without rowid`,
  "create index session_of_former_token on former_session_token (hash)",

  "create table revoked_token (hash text primary key, expires_at integer not null) strict, without rowid",
  "create index revoked_token_expiry on revoked_token (expires_at)",

  `create table used_token (
    community_id text not null,
    jti text not null,
    expires_at integer not null,
    primary key (community_id, jti)
  ) strict, without rowid`,
  "create index used_token_expiry on used_token (expires_at)",

  "create table platform_key (kid text primary key, sealed_jwk text not null, created_at integer not null) strict",

  "create table jwk_set (url text primary key, document text not null, fetched_at integer not null) strict",

  "create table configuration_revision (revision integer not null) strict",
  "insert into configuration_revision values (0)",
  `create table configuration_object (
    kind text not null,
    id text not null,
    document text not null,
    updated_at integer not null,
    primary key (kind, id)
  ) strict, without rowid`,

  `create table audit_entry (
    position integer primary key,
    at integer not null,
    actor text not null,
    action text not null,
    target text not null,
    detail text not null,
    previous_hash text not null,
    hash text not null
  ) strict`,

  `create table key_use (
    community_id text not null,
    kid text not null,
    used_at integer not null,
    primary key (community_id, kid)
  ) strict, without rowid`,
];

const erasure = [
  "create table erasure (contact_id text primary key, at integer not null) strict, without rowid",
  "create index conversation_moved on conversation (moved_to) where moved_to is not null",
];

const tokenWatermark = [
  `create table token_watermark (
    key_hash text primary key,
    valid_after_seconds integer not null,
    expires_at integer not null
  ) strict, without rowid`,
  "create index token_watermark_expiry on token_watermark (expires_at)",
];

const attachments = [
  "alter table message add column attachments text",

  // No reference to the conversation: where one is erased, its files are removed after it.
  `create table attachment (
    id text primary key,
    conversation_id text not null,
    uploader text not null,
    name text not null,
    type text not null,
    size integer not null,
    width integer,
    height integer,
    state text not null,
    message_id text,
    created_at integer not null,
    changed_at integer not null
  ) strict, without rowid`,
  "create index attachment_of_conversation on attachment (conversation_id)",
  "create index attachment_unsettled on attachment (changed_at) where state <> 'kept'",
];

async function runAll(db: Parameters<Migration["up"]>[0], statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/**
 * Brings the schema up to date, all of it or, where a migration throws, none: Kysely leaves transactions of SQLite to us.
 *
 * @param end `undo`: tries it, and leaves everything as it was
 * @returns the names of the migrations that were made, in their order
 * @throws NewerSchemaError
 */
export async function migrate(
  database: Database,
  db: Kysely<Schema>,
  end: "keep" | "undo" = "keep",
): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  database.exec("begin immediate");
  try {
    refuseNewer(executedIn(database), Object.keys(migrations));
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw error;
    if (end === "keep") database.exec("commit");
    else database.rollback();
    return results.map(({ migrationName }) => migrationName);
  } catch (error) {
    database.rollback();
    throw error;
  }
}

function executedIn({ connection }: Database): readonly string[] {
  const exists = connection.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").get();
  if (!exists) return [];
  return connection
    .prepare("select name from kysely_migration")
    .all()
    .map(({ name }) => String(name));
}
