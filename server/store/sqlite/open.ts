import { ProblemError } from "../../../shared/problem-error.ts";
import { ConfigurationError } from "../../config/configuration-error.ts";
import { createCommitGroup } from "../commit-group.ts";
import type { Appended, MessageDraft, SessionDetails, Store } from "../store.ts";
import type { Unit } from "../unit.ts";
import { storeUnits } from "../units/store-units.ts";
import { backUp } from "./backup.ts";
import { openDatabase } from "./database.ts";
import { createJournal } from "./journal.ts";
import { kyselyOf, sqliteDialect } from "./kysely.ts";
import { migrate } from "./migrations.ts";
import { openWalSync, type SyncFile } from "./wal-sync.ts";

/**
 * Opens the embedded store, makes the file where there is none, and brings its schema up to date.
 *
 * @param path of the database file, or `:memory:`
 * @param options.syncFile in the place of the disk's own
 * @throws ConfigurationError where the file can't be made or read; NewerSchemaError; `unavailable` where SQLite can't use the file,
 * as another process has it open for longer than 2 seconds, the disk is full, or it is no database
 */
export async function openSqliteStore(
  path: string,
  options: { readonly syncFile?: SyncFile } = {},
): Promise<Store> {
  const { database, db } = await openUpToDate(path);
  // From here on the group sees to it that nothing is answered before it is durable.
  database.exec("pragma synchronous = normal");
  const wal = openWalSync(path, options.syncFile);

  const {
    attachments,
    audit,
    changesOfState,
    configuration,
    conversations,
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
  } = storeUnits(db, sqliteDialect);
  const journal = createJournal(database, db);
  journal.reload();

  const group = createCommitGroup(
    {
      begin: () => database.exec("begin immediate"),
      commit: () => {
        database.exec("commit");
        if (journal.isFull()) setImmediate(fileInBackground);
      },
      rollback: () => {
        database.rollback();
        journal.reload();
      },
      sync: wal.sync,
    },
    setImmediate,
  );
  const append: (draft: MessageDraft) => Promise<Appended> = group.collect(journal.append);

  /** Does no harm where it fails: the journal keeps what it has, and whoever reads next is told why. */
  function fileInBackground(): void {
    try {
      if (journal.isFull()) journal.fileOldest();
    } catch {
      return;
    }
    if (journal.isFull()) setImmediate(fileInBackground);
  }

  const write = <Result>(makeUnit: () => Unit<Result>): Promise<Result> =>
    group.run(() => database.run(makeUnit()));

  /** Nobody is shown what a power cut could take back. */
  async function durable<Found>(found: Found): Promise<Found> {
    await group.durable();
    return found;
  }

  const read = <Result>(unit: Unit<Result>): Promise<Result> => durable(database.run(unit));

  const withCurrent = <Details extends SessionDetails>(details: Details): Details => ({
    ...details,
    conversation: journal.current(details.conversation),
  });

  return {
    openSession: async (opening) => {
      const opened = await group.run(() => {
        if (opening.handover) journal.fileWithin(database.run(sessions.concerned(opening)));
        return database.run(sessions.open(opening));
      });
      return opened.ok ? withCurrent(opened) : opened;
    },
    recordContact: (contact, token, at) => write(() => sessions.recordContact(contact, token, at)),
    findSession: async (tokenHash) => {
      const found = database.run(sessions.find(tokenHash));
      return durable(found && withCurrent(found));
    },
    renewSession: async (renewal) => {
      const renewed = await write(() => ends.keepFormer(renewal.sessionId, sessions.renew(renewal)));
      return renewed.ok ? withCurrent(renewed) : renewed;
    },
    touchSession: (id, idleExpiresAt) => write(() => sessions.touch(id, idleExpiresAt)),
    endSession: (end) => write(() => ends.end(end)),
    endSelected: (selection, at) => write(() => selections.end(selection, at)),
    endSelectedOnce: (selection, use, at) => write(() => selections.endOnce(selection, use, at)),
    sessionsOf: async (contactId, at) => read(selections.list(contactId, at)),
    liveAmong: async (ids) => read(ends.liveAmong(ids)),
    tokenState: async (question) => read(tokenStates.of(question)),
    sweepSessions: async (at) => {
      while (await write(() => ends.sweepSome(at)));
    },

    grant: async (sessionId) => read(grants.find(sessionId)),
    replaceRefreshToken: (sessionId, sealed) => write(() => grants.replace(sessionId, sealed)),
    grantsToRevoke: async (at, limit) => read(grants.toRevoke(at, limit)),
    removeGrant: (sessionId) => write(() => grants.remove(sessionId)),

    append,
    messages: async (conversationId, query) => {
      journal.file(conversationId);
      return read(messages.page(conversationId, query));
    },
    conversation: async (id) => {
      journal.file(id);
      return read(lists.one(id));
    },
    conversations: async (query) => {
      journal.fileAll();
      return read(lists.list(query));
    },
    heads: async (ids) => durable(database.run(heads.among(ids)).map(journal.currentHead)),
    activeHeads: async (since, limit) => {
      journal.fileAll();
      return read(heads.updatedSince(since, limit));
    },
    markReceipts: (id, by, positions) =>
      write(() => conversations.markReceipts(id, by, positions, journal.lastSeq(id))),
    updateConversation: (id, change, at) =>
      group.run(() => {
        // What was acknowledged before comes before the change: a message may have reopened what is closed now.
        journal.fileWithin([id]);
        return database.run(changesOfState.change(id, change, at));
      }),

    addAttachment: (draft) => write(() => attachments.add(draft)),
    attachmentStored: (id, at) => write(() => attachments.stored(id, at)),
    claimAttachments: (claim) => write(() => attachments.claim(claim)),
    attachment: async (id) => read(attachments.find(id)),
    settleAttachments: ({ before, at, limit }) =>
      group.run(() => {
        const due = database.run(attachments.unsettled(before, limit));
        journal.fileWithin(due.map(({ conversation_id }) => conversation_id));
        return database.run(attachments.settle(before, at, limit));
      }),
    forgetAttachment: (id) => write(() => attachments.forget(id)),

    platformKeys: async () => read(keys.list()),
    addPlatformKey: (key, unlessNewerThan) => write(() => keys.add(key, unlessNewerThan)),
    removePlatformKeys: (createdBefore) => write(() => keys.removeBefore(createdBefore)),

    jwkSet: async (url) => read(jwkSets.find(url)),
    saveJwkSet: (set) => write(() => jwkSets.save(set)),

    configuration: async () => read(configuration.read()),
    configurationRevision: async () => read(configuration.revision()),
    changeConfiguration: (change) => write(() => configuration.change(change)),

    appendAudit: (draft, at) => write(() => audit.append(draft, at)),
    auditEntries: async ({ before = Number.MAX_SAFE_INTEGER, limit }) => read(audit.page(before, limit)),

    recordKeyUses: (uses) => write(() => keyUses.record(uses)),
    keyUses: async (communityId) => read(keyUses.ofCommunity(communityId)),

    findContact: async (platformKey) => read(erasures.findByKey(platformKey)),
    contactRecord: async (contactId) => read(erasures.record(contactId)),
    eraseContact: async (contactId, at) => {
      const erased = await group.run(() => {
        journal.fileWithin(database.run(erasures.concerned(contactId)).conversationIds);
        return database.run(erasures.erase(contactId, at));
      });
      // What is filed may stand in the journal still.
      if (erased) journal.fileAll();
      return erased;
    },
    wasErased: async (contactId) => read(erasures.wasErased(contactId)),
    erasures: async ({ after, limit }) => read(erasures.list(after, limit)),
    expire: (policy, cursor, at) =>
      group.run(() => {
        const due = database.run(retention.candidates(policy, cursor));
        const ids = due.flatMap(
          ({ contact_id }) => database.run(erasures.concerned(contact_id)).conversationIds,
        );
        journal.fileWithin([...due.map(({ id }) => id), ...ids]);
        return database.run(retention.expire(policy, cursor, at));
      }),
    backup: (path) => backUp(database.connection, path),

    renewSealed: (renew) => write(() => sealed.renew(renew)),

    ping: async () => durable(database.exec("select 1")),
    close: async () => {
      try {
        await group.close();
        journal.fileAll();
      } finally {
        database.close();
        await wal.close();
      }
    },
  };
}

async function openUpToDate(path: string) {
  try {
    const database = openDatabase(path);
    try {
      // Exclusive: the journal's memory is the only one. Mapped: a page of a large database is read in place; copied into
      // SQLite's own cache, a million contacts made each session a seventh slower. That cache is for what is being written: more
      // than the processor's caches hold doubles the time of a commit.
      database.exec(
        "pragma mmap_size = 2147418112; pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory; pragma cache_size = -4096; pragma wal_autocheckpoint = 4000",
      );
      const db = kyselyOf(database.connection);
      await migrate(database, db);
      return { database, db };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw namingFile(path, error);
  }
}

/** Of SQLite's result codes, without their extension. */
const sqliteBusy = 5;

/** Nobody is served yet: this is read by whoever starts the server, and says which file it is about. */
function namingFile(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { cause } = error;
  if (error instanceof ProblemError && cause instanceof Error) {
    const isBusy = "errcode" in cause && (Number(cause.errcode) & 0xff) === sqliteBusy;
    const reason = isBusy
      ? "another process has it open; stop that one, or set VOUCH_DATA_DIR to another directory"
      : cause.message;
    return new ProblemError("unavailable", {
      detail: `The database ${path} can't be used: ${reason}.`,
      cause,
    });
  }
  if ("syscall" in error && "code" in error)
    return new ConfigurationError([
      { path: "VOUCH_DATA_DIR", message: `the file ${path} can't be made or read (${error.code})` },
    ]);
  return error;
}
