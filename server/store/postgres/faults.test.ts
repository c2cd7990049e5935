import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ifLate } from "../../../.ci/if-late.ts";
import { draft, hashOf, open, openFor, opening, signed } from "../contract/fixtures.ts";
import type { Appended, MessageDraft, Store } from "../store.ts";
import { type DatabaseProxy, startDatabaseProxy } from "./testing/database-proxy.ts";
import { describePostgres } from "./testing/test-database.ts";

await describePostgres("Where PostgreSQL fails", (database) => {
  let proxy: DatabaseProxy;
  let store: Store;
  let direct: Store;
  let conversationId: string;
  beforeEach(async () => {
    proxy = await startDatabaseProxy(database.url);
    direct = await database.openEmpty();
    conversationId = (await openFor(direct, "ada")).conversation.id;
    store = await database.openAgain({ url: proxy.url, statementMs: 2000 });
  });
  afterEach(async () => {
    await store.close();
    await direct.close();
    await proxy.close();
  });

  /** As a client does: the same message until somebody says that it is stored. */
  async function insist(through: Store, given: MessageDraft): Promise<Appended> {
    for (;;)
      try {
        return await through.append(given);
      } catch (error) {
        expect(error).toMatchObject({ code: "unavailable" });
        await wait(5);
      }
  }

  const stored = async (id = conversationId) => {
    const { messages } = await direct.messages(id, { after: 0, limit: 100 });
    return messages.map(({ seq, text }) => `${seq} ${text}`);
  };

  it("and ends connections in the middle of load, nothing acknowledged is lost, and nothing stored twice", async () => {
    const nodes = [direct, store];
    const people = await Promise.all(Array.from({ length: 8 }, (_, index) => openFor(direct, `p-${index}`)));
    let isOver = false;
    let ended = 0;
    const ending = (async () => {
      while (!isOver) {
        const rows = await database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'vouch'`,
        );
        ended += rows.length;
        await wait(100);
      }
    })();
    const acknowledged = await Promise.all(
      people.map(async ({ conversation: { id } }, person) => {
        const seqs: string[] = [];
        for (let sent = 0; sent < 25; sent++) {
          const answer = await insist(nodes[(person + sent) % 2] ?? store, draft(id, { text: `${sent}` }));
          if (answer.ok) seqs.push(`${answer.message.seq} ${sent}`);
        }
        return seqs;
      }),
    );
    isOver = true;
    await ending;
    expect(ended).toBeGreaterThan(5);
    for (const [index, { conversation }] of people.entries()) {
      expect(acknowledged[index]).toEqual(Array.from({ length: 25 }, (_, sent) => `${sent + 1} ${sent}`));
      expect(await stored(conversation.id)).toEqual(acknowledged[index]);
    }
  }, 180_000);

  it("in the very moment of the commit, nobody is told that it was, and a repetition finds out", async () => {
    const fresh = await database.openAgain({ url: proxy.url });
    const given = draft(conversationId, { id: randomUUID(), text: "once" });
    proxy.set("cutAtCommit");
    await expect(fresh.append(given)).rejects.toMatchObject({ code: "unavailable" });
    expect(await insist(fresh, given)).toMatchObject({ ok: true, message: { seq: 1 } });
    expect(await stored()).toEqual(["1 once"]);
    await fresh.close();
  });

  // A busy machine may be late once.
  it("altogether, everything is refused as retryable at once, and goes on within ten seconds of its return", {
    timeout: 60_000,
    retry: ifLate,
  }, async () => {
    proxy.set("cut");
    const asked = performance.now();
    const refused = { code: "unavailable" };
    await expect(store.append(draft(conversationId))).rejects.toMatchObject(refused);
    await expect(store.findSession(hashOf("a"))).rejects.toMatchObject(refused);
    await expect(store.ping()).rejects.toMatchObject(refused);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(await stored()).toEqual([]);
    proxy.set("pass");
    const back = performance.now();
    expect(await insist(store, draft(conversationId, { text: "after" }))).toMatchObject({ ok: true });
    await store.ping();
    expect(performance.now() - back).toBeLessThan(10_000);
    expect(await stored()).toEqual(["1 after"]);
  });

  // A busy machine may be late once.
  it("and says nothing any more, whoever waits is told so, and goes on within ten seconds of its return", {
    timeout: 60_000,
    retry: ifLate,
  }, async () => {
    await store.ping();
    proxy.set("stall");
    const asked = performance.now();
    await expect(store.append(draft(conversationId))).rejects.toMatchObject({ code: "unavailable" });
    expect(performance.now() - asked).toBeLessThan(15_000);
    proxy.set("pass");
    const back = performance.now();
    expect(await insist(store, draft(conversationId, { text: "after" }))).toMatchObject({ ok: true });
    expect(performance.now() - back).toBeLessThan(10_000);
    expect((await stored()).at(-1)).toMatch(/after$/);
  });

  it("and a node stops while it holds a conversation, another waits for it, and the rest waits for neither", async () => {
    const other = (await openFor(direct, "bob")).conversation.id;
    // As a node does that was stopped between locking and storing.
    const holding = database.query(
      `select pg_sleep(4) from (select key from conversation where id = $1 for no key update) as held`,
      [conversationId],
    );
    while (
      (
        await database.query(
          "select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()",
        )
      ).length === 0
    );
    const finished: string[] = [];
    await Promise.all([
      direct.append(draft(conversationId)).then(() => finished.push("held")),
      direct.append(draft(other)).then(() => finished.push("other")),
      holding.then(() => finished.push("holder")),
    ]);
    expect(finished[0]).toBe("other");
    expect(finished).toContain("held");
  });

  it("tells of a session's end what it tells elsewhere", async () => {
    const tokenHash = hashOf("s");
    const { session } = await open(direct, opening(signed("eve"), { tokenHash }));
    proxy.set("cut");
    await expect(store.liveAmong([session.id])).rejects.toMatchObject({ code: "unavailable" });
    await direct.endSession({ tokenHash, everywhere: false, at: 0 });
    proxy.set("pass");
    expect(await store.liveAmong([session.id])).toEqual([]);
  });
});
