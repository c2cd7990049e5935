/**
 * Where messages are made durable before they are filed.
 *
 * A message belongs in two trees, by `seq` and by id. With fifty customers writing at once, each commit would have to write
 * and sync pages of both for every one of them. So the messages of a turn go into one row of a journal, which is appended
 * with a fifth of that, and are filed into their trees conversation by conversation: when somebody reads them, or when
 * enough have gathered. Until then they are held in memory as well, where repetitions are found and `seq`s given. Hence one
 * process alone may have the file open.
 */

import type { Kysely } from "kysely";
import type { ConversationStatus } from "../../../shared/protocol.ts";
import { decideAppends, type KnownMessages, type NewMessage } from "../append.ts";
import type { Schema } from "../schema.ts";
import type { Appended, ConversationHead, ConversationRecord, MessageDraft } from "../store.ts";
import type { Database } from "./database.ts";
import { createJournalTable } from "./journal-table.ts";
import { createLiveMemory } from "./live-memory.ts";

/** What may gather: enough for neighbours to share pages, little enough to hold in memory and to file when a list is read. */
const most = { messages: 10_000, characters: 4 * 1024 * 1024, entries: 256 };

/** Messages filed in one go in the background, so that new ones wait some two milliseconds at most. */
const helping = 256;

/** A conversation with unfiled messages. */
interface Head {
  readonly key: number;
  /** Journal position of the first of them. */
  readonly since: number;
  /** By id, in the order of `seq`. */
  readonly messages: Map<string, NewMessage>;
  lastSeq: number;
  updatedAt: number;
  state: ConversationStatus;
}

export interface MessageJournal {
  /** Runs in the transaction of the turn. */
  append(drafts: readonly MessageDraft[]): readonly Appended[];
  /** The conversation as it is with its unfiled messages. */
  current(conversation: ConversationRecord): ConversationRecord;
  currentHead(head: ConversationHead): ConversationHead;
  lastSeq(conversationId: string): number;
  /** Puts a conversation's messages into their places, in a transaction of its own. */
  file(conversationId: string): void;
  /** The same in the transaction that is open, before anything else of it appends: for units that move messages. */
  fileWithin(conversationIds: readonly string[]): void;
  fileAll(): void;
  /** Whether so much has gathered that `fileOldest` should be called. */
  isFull(): boolean;
  fileOldest(): void;
  /** Reads the journal again: at start, and where a transaction was undone that had written to it. */
  reload(): void;
}

export function createJournal(database: Database, db: Kysely<Schema>): MessageJournal {
  const table = createJournalTable(database, db);
  const sessions = createLiveMemory(database, db);
  /** In the order of `since`. */
  const heads = new Map<string, Head>();
  /** Of the newest entry. */
  let position = 0;
  let size = { messages: 0, characters: 0 };

  function findHead(conversationId: string): Head | null {
    const head = heads.get(conversationId);
    if (head) return head;
    const stored = table.head(conversationId);
    if (!stored) return null;
    const { key, last_seq: lastSeq, updated_at: updatedAt, state } = stored;
    return { key, since: position, messages: new Map(), lastSeq, updatedAt, state };
  }

  function remember(added: NewMessage): void {
    const { conversationId, message, at } = added;
    const head = findHead(conversationId);
    // An entry outlives the filing of some of its conversations.
    if (!head || message.seq <= head.lastSeq) return;
    heads.set(conversationId, head);
    head.messages.set(message.id, added);
    head.lastSeq = message.seq;
    head.updatedAt = Math.max(head.updatedAt, at);
    if (message.author.kind === "contact") head.state = "open";
    size.messages += 1;
    size.characters += message.text.length;
  }

  /** What a turn asks more than once is looked up once. */
  function known(): KnownMessages {
    const found = new Map<string, Head | null>();
    const head = (id: string): Head | null => heads.get(id) ?? remembered(found, id, () => findHead(id));
    return {
      isLive: sessions.isLive,
      lastSeq: (conversationId) => head(conversationId)?.lastSeq ?? null,
      find: (conversationId, id) => {
        const within = head(conversationId);
        return within && (within.messages.get(id)?.message ?? table.message(within.key, id));
      },
    };
  }

  function fileHeads(due: ReadonlyMap<string, Head>): void {
    if (due.size === 0) return;
    // Not synced: if a power cut takes the filing, it takes the trimming of the journal with it.
    database.exec("begin immediate");
    try {
      move(due);
      database.exec("commit");
    } catch (error) {
      database.rollback();
      throw error;
    }
    forget(due);
  }

  function forget(due: ReadonlyMap<string, Head>): void {
    for (const [id, { messages }] of due) {
      heads.delete(id);
      size.messages -= messages.size;
      for (const { message } of messages.values()) size.characters -= message.text.length;
    }
  }

  function move(due: ReadonlyMap<string, Head>): void {
    for (const head of due.values()) {
      for (const message of head.messages.values()) table.fileMessage(head.key, message);
      table.moveHead(head);
    }
    const oldest = heads.entries().find(([id]) => !due.has(id));
    table.trim(oldest?.[1].since ?? position + 1);
  }

  function isFull(): boolean {
    const [oldest] = heads.values();
    return (
      size.messages >= most.messages ||
      size.characters >= most.characters ||
      (oldest !== undefined && position - oldest.since >= most.entries)
    );
  }

  return {
    append(drafts) {
      const { answers, added } = decideAppends(drafts, known());
      if (added.length > 0) {
        position += 1;
        table.record(position, added);
        for (const message of added) remember(message);
      }
      return answers;
    },

    current(conversation) {
      const head = heads.get(conversation.id);
      if (!head) return conversation;
      const { lastSeq, updatedAt, state } = head;
      return { ...conversation, lastSeq, updatedAt, state };
    },

    currentHead(stored) {
      const head = heads.get(stored.id);
      return head ? { ...stored, lastSeq: head.lastSeq, state: head.state } : stored;
    },

    lastSeq: (conversationId) => heads.get(conversationId)?.lastSeq ?? 0,

    file(conversationId) {
      const head = heads.get(conversationId);
      if (head) fileHeads(new Map([[conversationId, head]]));
    },

    fileWithin(conversationIds) {
      const due = new Map([...heads].filter(([id]) => conversationIds.includes(id)));
      move(due);
      forget(due);
    },

    fileAll: () => fileHeads(new Map(heads)),

    isFull,

    fileOldest() {
      const wanted = Math.max(helping, size.messages - most.messages);
      const due = new Map<string, Head>();
      let messages = 0;
      for (const [id, head] of heads) {
        due.set(id, head);
        messages += head.messages.size;
        if (messages >= wanted) break;
      }
      fileHeads(due);
    },

    reload() {
      sessions.clear();
      heads.clear();
      position = 0;
      size = { messages: 0, characters: 0 };
      for (const entry of table.recorded()) {
        position = entry.position;
        for (const message of entry.messages) remember(message);
      }
    },
  };
}

function remembered<Key, Value>(memory: Map<Key, Value>, key: Key, find: () => Value): Value {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const value = find();
  memory.set(key, value);
  return value;
}
