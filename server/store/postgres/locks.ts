/**
 * What a unit holds until its end, so that on many nodes it decides as if it were alone, as it is in SQLite.
 *
 * A *person* is held by its platform key, whether the contact stands yet or not: whoever opens, renews or ends its sessions
 * does so after or before another, never beside. A *conversation* is held by its row: appends hold it, and so does whoever
 * ends a session of it, so that no message is stored for a session that was over. A *name* is held where what is decided on
 * is no row: that none stands yet, or the last of a chain.
 *
 * The order is names, persons by platform key, conversations by id: nobody waits for each other in a circle. Where somebody
 * does all the same, PostgreSQL ends one of them after a second, and that one is done again.
 */

import { type Expression, type Kysely, type RawBuilder, sql } from "kysely";
import { providerSessionMark } from "../../identity/identity.ts";
import type { Schema } from "../schema.ts";
import { statement, type Value } from "../statement.ts";
import type { EndSelection, RetentionPolicy, SessionOpening } from "../store.ts";
import { type Unit, write } from "../unit.ts";
import { retentionPage } from "../units/retention.ts";

export type LockName = "audit" | "configuration" | "keyUses" | "platformKeys" | "sweep" | "retention";

export type Locks = ReturnType<typeof createLocks>;

export function createLocks(db: Kysely<Schema>) {
  const lock = <Parameters extends { readonly [name: string]: Value }>(
    build: (p: Parameters) => RawBuilder<unknown>,
  ) => statement((p: Parameters) => ({ compile: () => build(p).compile(db) }));

  /** @param keys a query for one column `key` */
  const hold = (keys: Expression<unknown>) =>
    sql`select pg_advisory_xact_lock(hashtextextended(held.key, 0)) from (${keys}) as held`;
  /** @param contacts a query for ids */
  const holdContacts = (contacts: Expression<unknown>) =>
    hold(sql`select platform_key as key from contact where id in (${contacts}) order by platform_key`);
  /** Their conversations stay whose they are, and nothing is appended. */
  const holdConversations = (contacts: Expression<unknown>) =>
    sql`select key from conversation where contact_id in (${contacts}) order by id for update`;

  const name = lock((p: { name: string }) => hold(sql`select ${p.name}::text as key`));
  const person = lock((p: { platformKey: string }) => hold(sql`select ${p.platformKey}::text as key`));
  const personOfSession = lock((p: { sessionId: string }) =>
    holdContacts(sql`select contact_id from session where id = ${p.sessionId}`),
  );
  const conversation = lock(
    (p: { id: string }) => sql`select key from conversation where id = ${p.id} for no key update`,
  );

  const contactOf = (p: { contactId: string }) => sql`select ${p.contactId}::text`;
  const withKey = (p: { platformKey: string }) =>
    sql`select id from contact where platform_key = ${p.platformKey}`;
  /** The token of before the last renewal ends a session too. */
  const withToken = (p: { tokenHash: string }) => sql`
    select contact_id from session where token_hash = ${p.tokenHash}
    union all
    select contact_id from session join former_session_token on session_id = session.id
    where hash = ${p.tokenHash}`;
  const atProvider = (p: { providerSession: string }) => sql`
    select contact_id from session join session_grant on session_id = session.id
    where provider_session = ${p.providerSession}`;
  const visitorAnd = (p: { tokenHash: string; platformKey: string }) => sql`
    select contact_id from session where token_hash = ${p.tokenHash}
    union all
    ${withKey(p)}`;
  /** A contact, and the visitors whose words were joined to its own. */
  const withJoined = (p: { contactId: string }) => sql`
    select ${p.contactId}::text
    union all
    select moved.contact_id from conversation as own join conversation as moved on moved.moved_to = own.id
    where own.contact_id = ${p.contactId}`;
  const idleVisitors = (p: { communityId: string; after: number; before: number; limit: number }) => sql`
    select contact_id from (
      select contact_id, updated_at from conversation
      where community_id = ${p.communityId} and key > ${p.after} order by key limit ${p.limit}
    ) as page where updated_at < ${p.before}`;

  const persons = {
    contact: lock((p: { contactId: string }) => holdContacts(contactOf(p))),
    token: lock((p: { tokenHash: string }) => holdContacts(withToken(p))),
    provider: lock((p: { providerSession: string }) => holdContacts(atProvider(p))),
    // The customer may not stand yet, and is held by name all the same.
    handover: lock((p: { tokenHash: string; platformKey: string }) =>
      hold(sql`
        select platform_key as key from contact
        where id in (select contact_id from session where token_hash = ${p.tokenHash})
        union select ${p.platformKey}::text order by 1`),
    ),
    joined: lock((p: { contactId: string }) => holdContacts(withJoined(p))),
    idleVisitors: lock((p: { communityId: string; after: number; before: number; limit: number }) =>
      holdContacts(idleVisitors(p)),
    ),
  };
  const conversations = {
    contact: lock((p: { contactId: string }) => holdConversations(contactOf(p))),
    key: lock((p: { platformKey: string }) => holdConversations(withKey(p))),
    token: lock((p: { tokenHash: string }) => holdConversations(withToken(p))),
    provider: lock((p: { providerSession: string }) => holdConversations(atProvider(p))),
    handover: lock((p: { tokenHash: string; platformKey: string }) => holdConversations(visitorAnd(p))),
  };

  /** A session of the provider is ended, or opened with a token of it: the mark is looked for and made one after the other. */
  function* providerMark(mark: string | undefined): Unit<void> {
    if (mark !== undefined) yield* write(name, { name: `provider ${mark}` });
  }

  return {
    *name(held: LockName): Unit<void> {
      yield* write(name, { name: held });
    },

    *conversation(id: string): Unit<void> {
      yield* write(conversation, { id });
    },

    *person(platformKey: string, mark?: string): Unit<void> {
      yield* providerMark(mark);
      yield* write(person, { platformKey });
    },

    *sessionHolder(sessionId: string, mark?: string): Unit<void> {
      yield* providerMark(mark);
      yield* write(personOfSession, { sessionId });
    },

    /** A new visitor is nobody else's business. */
    *opening({ contact, handover, identityToken }: SessionOpening): Unit<void> {
      yield* providerMark(identityToken?.providerSessionMark);
      if (!contact.verified) return;
      const { platformKey } = contact;
      if (handover === null) return yield* write(person, { platformKey });
      const between = { platformKey, tokenHash: handover.tokenHash };
      yield* write(persons.handover, between);
      yield* write(conversations.handover, between);
    },

    *end(tokenHash: string): Unit<void> {
      yield* write(persons.token, { tokenHash });
      yield* write(conversations.token, { tokenHash });
    },

    *selection(selection: EndSelection): Unit<void> {
      switch (selection.by) {
        case "contact": {
          const { platformKey } = selection;
          yield* write(person, { platformKey });
          return yield* write(conversations.key, { platformKey });
        }
        case "providerSession": {
          const { communityId, authId, providerSession } = selection;
          yield* providerMark(providerSessionMark(communityId, authId, providerSession));
          yield* write(persons.provider, { providerSession });
          return yield* write(conversations.provider, { providerSession });
        }
        case "id":
        case "others": {
          const { contactId } = selection;
          yield* write(persons.contact, { contactId });
          return yield* write(conversations.contact, { contactId });
        }
      }
    },

    /** The conversations are held by the unit itself, which empties them first. */
    *erasure(contactId: string): Unit<void> {
      yield* write(persons.joined, { contactId });
    },

    /** One node at a time looks at what is kept no longer. */
    *retention({ communityId, visitorsBefore }: RetentionPolicy, cursor: string | null): Unit<void> {
      yield* write(name, { name: "retention" });
      if (visitorsBefore === null) return;
      const page = { communityId, after: Number(cursor ?? 0), before: visitorsBefore, limit: retentionPage };
      yield* write(persons.idleVisitors, page);
    },
  };
}
