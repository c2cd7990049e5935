import { afterAll, beforeAll, expect, it } from "vitest";
import { draft, openFor } from "../contract/fixtures.ts";
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
  let sent: string[];
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
            return send(call);
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
});
