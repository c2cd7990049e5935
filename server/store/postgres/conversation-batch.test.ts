import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { draft, open, openFor, opening, visitor } from "../contract/fixtures.ts";
import type { Store } from "../store.ts";
import { type ConversationWork, createConversationBatch } from "./conversation-batch.ts";
import { createDatabase, type Database } from "./database.ts";
import { kyselyOf } from "./kysely.ts";
import { createPool } from "./pool.ts";
import { describePostgres } from "./testing/test-database.ts";

await describePostgres("A batch of conversations' work", (server) => {
  let store: Store;
  let database: Database;
  let batch: ReturnType<typeof createConversationBatch>;
  /** What statements were sent, without begin and commit. */
  let sent: string[] = [];
  /** Done once the sessions of a batch have been looked at. */
  let whenLooked = async (): Promise<void> => {};
  beforeAll(async () => {
    store = await server.openEmpty();
    const pool = createPool({ url: server.url, connections: 1 });
    database = createDatabase(pool, { random: Math.random, wait: async () => {} });
    const watched: Database = {
      ...database,
      transact: (work) =>
        database.transact((send) =>
          work((call) => {
            sent.push(/^\s*(\w+)/.exec(call.sql)?.[1] ?? "");
            const answer = send(call);
            return call.sql.includes('from "session"') ? answer.finally(() => whenLooked()) : answer;
          }),
        ),
    };
    batch = createConversationBatch(watched, kyselyOf(pool));
  });
  afterAll(async () => {
    await database.close();
    await store.close();
  });

  it("takes the same few statements for many messages in many conversations as for one", async () => {
    const people = await Promise.all(["ada", "bob", "eve"].map((name) => openFor(store, name)));
    const append = (index: number): ConversationWork => {
      const { conversation, session } = people[index % people.length] ?? expect.unreachable();
      const conversationId = conversation.id;
      return { do: "append", conversationId, draft: draft(conversationId, { sessionId: session.id }) };
    };
    const work = Array.from({ length: 30 }, (_, index) => append(index));
    const statements = async (items: readonly ConversationWork[]) => {
      sent = [];
      const done = await batch(items, "skip");
      expect(done.every((one) => one !== "held" && one.did === "append" && one.answer.ok)).toBe(true);
      return sent;
    };
    const forOne = await statements([append(0)]);
    expect(forOne).toEqual(["select", "select", "select", "insert", "update"]);
    expect(await statements(work)).toEqual(forOne);
    const conversationId = people[1]?.conversation.id ?? "";
    const { messages } = await store.messages(conversationId, { limit: 100 });
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
  });

  it("leaves a conversation alone that somebody holds and then moves, and tells at the next look that the visit is over", async () => {
    const { conversation, session } = await open(store, opening(visitor, { tokenHash: "v" }));
    const { id: conversationId } = conversation;
    const work: ConversationWork[] = [
      { do: "append", conversationId, draft: draft(conversationId, { sessionId: session.id }) },
    ];
    const holder = new Client({ connectionString: server.url });
    await holder.connect();
    try {
      await holder.query("begin");
      await holder.query("select key from conversation where id = $1 for no key update", [conversationId]);
      whenLooked = async () => {
        whenLooked = async () => {};
        await holder.query("update session set ended_at = 1 where id = $1", [session.id]);
        await holder.query("update conversation set moved_to = $1 where id = $1", [conversationId]);
        await holder.query("commit");
      };
      expect(await batch(work, "skip")).toEqual(["held"]);
      expect(await batch(work, "wait")).toEqual([
        { did: "append", answer: { ok: false, code: "session_revoked" } },
      ]);
    } finally {
      await holder.end();
    }
  });

  it("says at once of a conversation that is not there that it is not, where no visit is to be told its end", async () => {
    const conversationId = randomUUID();
    const work: ConversationWork[] = [
      { do: "append", conversationId, draft: draft(conversationId, { sessionId: null }) },
      { do: "mark", conversationId, by: "agent", positions: { read: 1 } },
    ];
    expect(await batch(work, "skip")).toEqual([
      { did: "append", answer: { ok: false, code: "not_found" } },
      { did: "mark", answer: null },
    ]);
  });
});
