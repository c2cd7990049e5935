/**
 * Where messages are made durable before they are filed.
 *
 * A message belongs in two trees, by `seq` and by id. With fifty customers writing at once, each commit would have to write
 * and sync a page of both for every one of them, 1.7 ms in all. So the messages of a turn go into one row of a journal,
 * appended in 0.2 ms, and are filed into their trees many at a time: when somebody reads them, or when there are enough.
 * Until then they are also held in memory, where repetitions are found and `seq`s given. Hence one process alone may have
 * the file open.
 */

import type { Kysely } from "kysely";
import type { ConversationStatus, Message } from "../../../shared/protocol.ts";
import { decideAppends, type KnownMessages, type NewMessage } from "../append.ts";
import type { Schema } from "../schema.ts";
import type { Appended, ConversationRecord, MessageDraft } from "../store.ts";
import type { Unit } from "../unit.ts";
import type { Database } from "./database.ts";
import { journalUnits } from "./journal-units.ts";

/** Enough for neighbours to share pages, few enough to be filed within some ten milliseconds. */
const enough = { messages: 2000, characters: 2 * 1024 * 1024 };

/** A conversation with unfiled messages. */
interface Head {
  readonly key: number;
  readonly messages: Map<string, Message>;
  lastSeq: number;
  updatedAt: number;
  state: ConversationStatus;
}

export interface MessageJournal {
  /** Runs in the transaction of the turn. */
  append(drafts: readonly MessageDraft[]): readonly Appended[];
  /** The conversation as it is with its unfiled messages. */
  current(conversation: ConversationRecord): ConversationRecord;
  lastSeq(conversationId: string): number;
  isFull(): boolean;
  /** Puts every message into its place, in a transaction of its own. */
  file(): void;
  /** Reads the journal again: at start, and where a transaction was undone that had written to it. */
  reload(): void;
}

export function createJournal(database: Database, db: Kysely<Schema>): MessageJournal {
  const units = journalUnits(db);
  const heads = new Map<string, Head>();
  let size = { messages: 0, characters: 0 };

  function findHead(conversationId: string): Head | null {
    const head = heads.get(conversationId);
    if (head) return head;
    const stored = database.run(units.head(conversationId));
    if (!stored) return null;
    const { key, last_seq: lastSeq, updated_at: updatedAt, state } = stored;
    return { key, messages: new Map(), lastSeq, updatedAt, state };
  }

  function remember({ conversationId, message }: NewMessage): void {
    const head = findHead(conversationId);
    if (!head)
      throw new Error(`The journal has a message of conversation ${conversationId}, which is unknown.`);
    heads.set(conversationId, head);
    head.messages.set(message.id, message);
    head.lastSeq = message.seq;
    head.updatedAt = Math.max(head.updatedAt, Date.parse(message.at));
    if (head.state === "closed" && message.author.kind === "contact") head.state = "open";
    size.messages += 1;
    size.characters += message.text.length;
  }

  /** What a turn asks more than once is looked up once. */
  function known(): KnownMessages {
    const live = new Map<string, boolean>();
    const found = new Map<string, Head | null>();
    const head = (conversationId: string): Head | null =>
      remembered(found, conversationId, () => findHead(conversationId));
    return {
      isLive: (sessionId) => remembered(live, sessionId, () => database.run(units.isLive(sessionId))),
      lastSeq: (conversationId) => head(conversationId)?.lastSeq ?? null,
      find: (conversationId, id) => {
        const within = head(conversationId);
        if (!within) return null;
        return within.messages.get(id) ?? database.run(units.message(within.key, id));
      },
    };
  }

  function* fileAll(): Unit<void> {
    for (const head of [...heads.values()].sort((a, b) => a.key - b.key)) {
      for (const message of head.messages.values()) yield* units.fileMessage(head.key, message);
      yield* units.moveHead(head);
    }
    yield* units.empty();
  }

  return {
    append(drafts) {
      const { answers, added } = decideAppends(drafts, known());
      if (added.length > 0) {
        database.run(units.record(added));
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

    lastSeq: (conversationId) => heads.get(conversationId)?.lastSeq ?? 0,

    isFull: () => size.messages >= enough.messages || size.characters >= enough.characters,

    file() {
      if (heads.size === 0) return;
      // Not synced: if a power cut takes the filing, it takes the emptying of the journal with it.
      database.exec("pragma synchronous = normal; begin immediate");
      try {
        database.run(fileAll());
        database.exec("commit");
      } catch (error) {
        database.rollback();
        throw error;
      } finally {
        database.exec("pragma synchronous = full");
      }
      heads.clear();
      size = { messages: 0, characters: 0 };
    },

    reload() {
      heads.clear();
      size = { messages: 0, characters: 0 };
      for (const message of database.run(units.recorded())) remember(message);
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
