import { setTimeout as wait } from "node:timers/promises";
import type { Appended, MessageDraft, Store } from "../store.ts";
import { storeUnits } from "../units/store-units.ts";
import { type ConversationWork, createConversationBatch, type WorkDone } from "./conversation-batch.ts";
import { createConversationQueue } from "./conversation-queue.ts";
import { createDatabase, type Surroundings } from "./database.ts";
import { kyselyOf, postgresDialect } from "./kysely.ts";
import { createLocks } from "./locks.ts";
import { migrate } from "./migrations.ts";
import { createPool, type PoolOptions } from "./pool.ts";
import { checkServer, isWritable } from "./server-check.ts";

export interface PostgresOptions extends PoolOptions, Partial<Surroundings> {}

/**
 * Opens the store that many nodes share, and brings its schema up to date.
 *
 * The units are those of SQLite. What each holds so that they agree on many nodes is `locks.ts`'s business, and how messages
 * and positions share transactions `conversation-queue.ts`'s.
 *
 * Throws ConfigurationError where the database can't be used, NewerSchemaError, and `unavailable` where it can't be reached.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const pool = createPool(options);
  const db = kyselyOf(pool);
  try {
    await checkServer(pool, options.url);
    await migrate(db);
  } catch (error) {
    await pool.end();
    throw error;
  }

  const database = createDatabase(pool, { random: Math.random, wait, ...options });
  const { read, write } = database;
  const locks = createLocks(db);
  const conversationQueue = createConversationQueue<ConversationWork, WorkDone>({
    store: createConversationBatch(database, db),
    charactersOf: (work) => (work.do === "append" ? work.draft.text.length : 0),
    atEndOfTurn: setImmediate,
  });

  async function append(draft: MessageDraft): Promise<Appended> {
    const { conversationId } = draft;
    const done = await conversationQueue.add({ do: "append", conversationId, draft });
    if (done.did !== "append") throw new Error("A message was answered like a position.");
    return done.answer;
  }

  const {
    attachments,
    audit,
    changesOfState,
    configuration,
    ends,
    erasures,
    grants,
    heads,
    jwkSets,
    keyUses,
    keys,
    lists,
    messages,
    retention,
    sealed,
    selections,
    sessions,
    tokenStates,
  } = storeUnits(db, postgresDialect);

  return {
    openSession: (opening) =>
      write(function* () {
        yield* locks.opening(opening);
        return yield* sessions.open(opening);
      }),
    recordContact: (contact, token, at) =>
      write(function* () {
        yield* locks.person(contact.platformKey, token.providerSessionMark);
        return yield* sessions.recordContact(contact, token, at);
      }),
    findSession: (tokenHash) => read(() => sessions.find(tokenHash)),
    renewSession: (renewal) =>
      write(function* () {
        yield* locks.sessionHolder(renewal.sessionId, renewal.identityToken?.providerSessionMark);
        return yield* ends.keepFormer(renewal.sessionId, sessions.renew(renewal));
      }),
    touchSession: (id, idleExpiresAt) => write(() => sessions.touch(id, idleExpiresAt)),
    endSession: (end) =>
      write(function* () {
        yield* locks.end(end.tokenHash);
        return yield* ends.end(end);
      }),
    endSelected: (selection, at) =>
      write(function* () {
        yield* locks.selection(selection);
        return yield* selections.end(selection, at);
      }),
    endSelectedOnce: (selection, use, at) =>
      write(function* () {
        yield* locks.selection(selection);
        return yield* selections.endOnce(selection, use, at);
      }),
    sessionsOf: (contactId, at) => read(() => selections.list(contactId, at)),
    liveAmong: (ids) => read(() => ends.liveAmong(ids)),
    tokenState: (question) => read(() => tokenStates.of(question)),
    async sweepSessions(at) {
      const sweepSome = () =>
        write(function* () {
          yield* locks.name("sweep");
          return yield* ends.sweepSome(at);
        });
      while (await sweepSome());
    },

    grant: (sessionId) => read(() => grants.find(sessionId)),
    replaceRefreshToken: (sessionId, token) => write(() => grants.replace(sessionId, token)),
    grantsToRevoke: (at, limit) => read(() => grants.toRevoke(at, limit)),
    removeGrant: (sessionId) =>
      write(function* () {
        yield* locks.sessionHolder(sessionId);
        yield* grants.remove(sessionId);
      }),

    append,
    messages: (conversationId, query) => read(() => messages.page(conversationId, query)),
    conversation: (id) => read(() => lists.one(id)),
    conversations: (query) => read(() => lists.list(query)),
    heads: (ids) => read(() => heads.among(ids)),
    activeHeads: (since, limit) => read(() => heads.updatedSince(since, limit)),
    async markReceipts(conversationId, by, positions) {
      const done = await conversationQueue.add({ do: "mark", conversationId, by, positions });
      if (done.did !== "mark") throw new Error("A position was answered like a message.");
      return done.answer;
    },
    updateConversation: (id, change, at) =>
      write(function* () {
        yield* locks.conversation(id);
        return yield* changesOfState.change(id, change, at);
      }),

    addAttachment: (draft) =>
      write(function* () {
        yield* locks.conversation(draft.conversationId);
        return yield* attachments.add(draft);
      }),
    attachmentStored: (id, at) => write(() => attachments.stored(id, at)),
    claimAttachments: (claim) =>
      write(function* () {
        yield* locks.conversation(claim.conversationId);
        return yield* attachments.claim(claim);
      }),
    attachment: (id) => read(() => attachments.find(id)),
    settleAttachments: ({ before, at, limit }) => write(() => attachments.settle(before, at, limit)),
    forgetAttachment: (id) => write(() => attachments.forget(id)),

    platformKeys: () => read(keys.list),
    addPlatformKey: (key, unlessNewerThan) =>
      write(function* () {
        yield* locks.name("platformKeys");
        return yield* keys.add(key, unlessNewerThan);
      }),
    removePlatformKeys: (createdBefore) => write(() => keys.removeBefore(createdBefore)),

    jwkSet: (url) => read(() => jwkSets.find(url)),
    saveJwkSet: (set) => write(() => jwkSets.save(set)),

    configuration: () => read(configuration.read),
    configurationRevision: () => read(configuration.revision),
    changeConfiguration: (change) =>
      write(function* () {
        yield* locks.name("configuration");
        yield* locks.name("audit");
        return yield* configuration.change(change);
      }),

    appendAudit: (draft, at) =>
      write(function* () {
        yield* locks.name("audit");
        return yield* audit.append(draft, at);
      }),
    auditEntries: ({ before = Number.MAX_SAFE_INTEGER, limit }) => read(() => audit.page(before, limit)),

    recordKeyUses: (uses) =>
      write(function* () {
        yield* locks.name("keyUses");
        yield* keyUses.record(uses);
      }),
    keyUses: (communityId) => read(() => keyUses.ofCommunity(communityId)),

    findContact: (platformKey) => read(() => erasures.findByKey(platformKey)),
    contactRecord: (contactId) => read(() => erasures.record(contactId)),
    eraseContact: (contactId, at) =>
      write(function* () {
        yield* locks.erasure(contactId);
        return yield* erasures.erase(contactId, at);
      }),
    wasErased: (contactId) => read(() => erasures.wasErased(contactId)),
    erasures: ({ after, limit }) => read(() => erasures.list(after, limit)),
    expire: (policy, cursor, at) =>
      write(function* () {
        yield* locks.retention(policy, cursor);
        return yield* retention.expire(policy, cursor, at);
      }),
    // PostgreSQL's own tools are better at it: pg_dump, base backups, replicas.
    backup: null,

    // What another node changes between reading and writing must not be lost: PostgreSQL refuses, and it is all done again.
    renewSealed: (renew) => write(() => sealed.renew(renew), "snapshot"),

    ping: () => isWritable(pool),
    async close() {
      await conversationQueue.close();
      await database.close();
    },
  };
}
