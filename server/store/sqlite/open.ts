import { createCommitGroup } from "../commit-group.ts";
import type { Appended, MessageDraft, SessionDetails, Store } from "../store.ts";
import type { Unit } from "../unit.ts";
import { conversationUnits } from "../units/conversation.ts";
import { conversationListUnits } from "../units/conversation-list.ts";
import { messageUnits } from "../units/message.ts";
import { platformKeyUnits } from "../units/platform-key.ts";
import { sessionUnits } from "../units/session.ts";
import { sessionEndUnits } from "../units/session-end.ts";
import { openDatabase } from "./database.ts";
import { createJournal } from "./journal.ts";
import { kyselyOf, sqliteDialect } from "./kysely.ts";
import { migrate } from "./migrations.ts";

/**
 * Opens the embedded store, makes the file where there is none, and brings its schema up to date.
 *
 * @param path of the database file, or `:memory:`
 * Throws `unavailable` where another process has the file open for longer than 2 seconds.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  const database = openDatabase(path);
  // Exclusive: the journal's memory is the only one.
  database.exec(
    "pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory; pragma cache_size = -65536; pragma wal_autocheckpoint = 4000",
  );
  const db = kyselyOf(database.connection);
  await migrate(database, db);

  const sessions = sessionUnits(db);
  const ends = sessionEndUnits(db, sqliteDialect);
  const conversations = conversationUnits(db);
  const lists = conversationListUnits(db, sqliteDialect);
  const messages = messageUnits(db);
  const keys = platformKeyUnits(db);
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

  const withCurrent = <Details extends SessionDetails>(details: Details): Details => ({
    ...details,
    conversation: journal.current(details.conversation),
  });

  return {
    openSession: async (opening) => {
      const opened = await write(() => sessions.open(opening));
      return opened.ok ? withCurrent(opened) : opened;
    },
    recordContact: (contact, token, at) => write(() => sessions.recordContact(contact, token, at)),
    findSession: async (tokenHash) => {
      const found = database.run(sessions.find(tokenHash));
      return found && withCurrent(found);
    },
    renewSession: async (renewal) => {
      const renewed = await write(() => sessions.renew(renewal));
      return renewed.ok ? withCurrent(renewed) : renewed;
    },
    touchSession: (id, idleExpiresAt) => write(() => sessions.touch(id, idleExpiresAt)),
    endSession: (end) => write(() => ends.end(end)),
    endedAmong: async (ids) => database.run(ends.endedAmong(ids)),
    sweepSessions: async (at) => {
      while (await write(() => ends.sweepSome(at)));
    },

    append,
    messages: async (conversationId, query) => {
      journal.file(conversationId);
      return database.run(messages.page(conversationId, query));
    },
    conversation: async (id) => {
      journal.file(id);
      return database.run(lists.one(id));
    },
    conversations: async (query) => {
      journal.fileAll();
      return database.run(lists.list(query));
    },
    markReceipts: (id, by, positions) =>
      write(() => conversations.markReceipts(id, by, positions, journal.lastSeq(id))),
    updateConversation: async (id, change, at) => {
      // What was acknowledged before comes before the change: a message may have reopened what is closed now.
      journal.file(id);
      return await write(function* () {
        const changed = yield* conversations.update(id, change, at);
        return changed && ((yield* lists.withDetails([changed]))[0] ?? null);
      });
    },

    platformKeys: async () => database.run(keys.list()),
    addPlatformKey: (key, unlessNewerThan) => write(() => keys.add(key, unlessNewerThan)),
    removePlatformKeys: (createdBefore) => write(() => keys.removeBefore(createdBefore)),

    ping: async () => {
      database.exec("select 1");
    },
    close: async () => {
      group.close();
      journal.fileAll();
      database.close();
    },
  };
}
