import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draft } from "../contract/fixtures.ts";
import { takingOver } from "../contract/handover.suite.ts";
import type { Call, Unit } from "../unit.ts";
import { attachmentUnits } from "../units/attachment.ts";
import { auditUnits } from "../units/audit.ts";
import { conversationUnits } from "../units/conversation.ts";
import { conversationHeadUnits } from "../units/conversation-head.ts";
import { conversationListUnits } from "../units/conversation-list.ts";
import { grantUnits } from "../units/grant.ts";
import { keyUseUnits } from "../units/key-use.ts";
import { messageUnits, toRow } from "../units/message.ts";
import { sessionUnits } from "../units/session.ts";
import { sessionEndUnits } from "../units/session-end.ts";
import { sessionSelectionUnits } from "../units/session-selection.ts";
import { tokenStateUnits } from "../units/token-state.ts";
import { tokenWatermarkUnits } from "../units/token-watermark.ts";
import { conversationBatchUnits } from "./conversation-batch-units.ts";
import { kyselyOf, postgresDialect } from "./kysely.ts";
import { createLocks } from "./locks.ts";
import { migrate } from "./migrations.ts";
import { createPool } from "./pool.ts";
import { describePostgres } from "./testing/test-database.ts";

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly Plan[];
}

/**
 * A search by an index costs the same over a thousand rows and over a million. The tables are empty, which is when PostgreSQL
 * likes best to read all of them, and it keeps such plans: a statement that searches here searches everywhere.
 */
await describePostgres("The query plan", (server) => {
  const pool = createPool({ url: server.url, connections: 1 });
  const db = kyselyOf(pool);
  beforeAll(async () => {
    await migrate(db);
    await pool.query("set plan_cache_mode = force_generic_plan");
  });
  afterAll(() => pool.end());

  const row = {
    id: "c",
    key: 1,
    last_seq: 5,
    contact_delivered: 0,
    contact_read: 0,
    agent_delivered: 0,
    agent_read: 0,
    contact_id: "c",
    conversation_id: "c",
    updated_at: 1,
    fields: "{}",
    at: 1,
    community_id: "acme",
    method: "anonymous",
    preview: 0,
    verified: 0,
    ended_at: null,
    attachments: null,
    message_id: "m",
    state: "claimed",
    changed_at: 1,
    idle_expires_at: Number.MAX_SAFE_INTEGER,
    absolute_expires_at: Number.MAX_SAFE_INTEGER,
  };

  /** The statements of a unit, run against made-up rows, which each finds once. */
  function callsOf(unit: Unit<unknown>): readonly Call[] {
    const calls = new Map<string, Call>();
    let step = unit.next([]);
    while (!step.done) {
      const { sql } = step.value;
      const isNew = !calls.has(sql);
      calls.set(sql, step.value);
      step = unit.next(isNew ? [row] : []);
    }
    return [...calls.values()];
  }

  async function planOf({ sql, values }: Call): Promise<Plan> {
    const { rows } = await pool.query(`explain (format json) ${sql}`, values);
    return rows[0]["QUERY PLAN"][0].Plan;
  }

  /** What reads a table without searching it. */
  const costly = (plan: Plan): readonly string[] => {
    const type = plan["Node Type"];
    const reads = /Scan/.test(type) && !/^(Function|Subquery|CTE|Values)/.test(type);
    const isSearch = plan["Index Cond"] !== undefined || /^Bitmap Heap/.test(type);
    const own = reads && !isSearch ? [`${type} on ${plan["Relation Name"]}`] : [];
    return [...own, ...(plan.Plans ?? []).flatMap(costly)];
  };

  const dialect = postgresDialect;
  const list = conversationListUnits(db, dialect);
  const heads = conversationHeadUnits(db, dialect);
  const selections = sessionSelectionUnits(db, dialect);
  const ends = sessionEndUnits(db, dialect);
  const locks = createLocks(db);
  const batch = conversationBatchUnits(db);
  const cursor = Buffer.from(`5.${"a".repeat(36)}`).toString("base64url");
  const message = toRow(
    1,
    { id: "m", seq: 1, author: { kind: "agent", name: null }, text: "", attachments: [], verified: true },
    1,
  );
  const asked = draft("c");
  const head = { key: 1, last_seq: 1, at: 1, opens: true };
  const positions = { contact_delivered: 0, contact_read: 0, agent_delivered: 0, agent_read: 0 };

  const units: Record<string, () => Unit<unknown>> = {
    "of a page of history before": () => messageUnits(db).page("c", { before: 7, limit: 50 }),
    "of a page of history after": () => messageUnits(db).page("c", { after: 7, limit: 50 }),
    "of the agents' list": () => list.list({ preview: false, limit: 50 }),
    "of its later pages": () => list.list({ preview: false, cursor, limit: 50 }),
    "of one state's list": () => list.list({ preview: false, state: "open", cursor, limit: 50 }),
    "of one conversation": () => list.one("c"),
    "of how far conversations have come": () => heads.among(["c"]),
    "of what was active lately": () => heads.updatedSince(1, 10),
    "of moving a position": () => conversationUnits(db).markReceipts("c", "agent", { read: 4 }, 0),
    "of finding a session": () => sessionUnits(db).find("hash"),
    "of opening a session": () => sessionUnits(db).open({ ...takingOver("v"), handover: null }),
    "of handing a conversation over": () =>
      sessionUnits(db).open(takingOver("v", "ada", { identityToken: null })),
    "of what that holds": () => locks.opening(takingOver("v")),
    "of a watermark": () => tokenWatermarkUnits(db).find("k"),
    "of looking a token up": () =>
      tokenStateUnits(db).of({
        token: { hashes: ["h"], issuedAtSeconds: 5, expiresAtSeconds: 9, singleUseId: "j" },
        communityId: "c",
        platformKey: "k",
      }),
    "of logging out everywhere": () => ends.end({ tokenHash: "h", everywhere: true, at: 1 }),
    "of what that holds too": () => locks.end("h"),
    "of which sessions live": () => ends.liveAmong(["s"]),
    "of ending the sessions of a provider's": () =>
      selections.end(
        { by: "providerSession", communityId: "c", authId: "a", providerSession: "s", tokensExpireAt: 2 },
        1,
      ),
    "of what is held for that": () =>
      locks.selection({
        by: "providerSession",
        communityId: "c",
        authId: "a",
        providerSession: "s",
        tokensExpireAt: 2,
      }),
    "of listing a contact's sessions": () => selections.list("c", 1),
    "of what there is to revoke": () => grantUnits(db).toRevoke(1, 10),
    "of attaching": () => attachmentUnits(db).settle(5, 6, 10),
    "of a page of the audit log": () => auditUnits(db).page(7, 50),
    "of the last uses of keys": () => keyUseUnits(db).ofCommunity("acme"),
    "of sweeping": () => ends.sweepSome(1),
    "of what an erasure holds": () => locks.erasure("c"),
  };
  const statements: Record<string, readonly Call[]> = {
    "of locking conversations to append to": [batch.freeHeads(["c"]), batch.heads(["c"])],
    "of looking for repetitions": [batch.known([asked], ["c"]), batch.live(["s"]), batch.standing(["c"])],
    "of storing messages": [batch.insert([message]), batch.moveHeads([{ ...head, ...positions }])],
  };

  describe.each(Object.entries({ ...units, ...statements }))("%s", (_name, given) => {
    it("searches, and reads no table whole", async () => {
      const calls = typeof given === "function" ? callsOf(given()) : given;
      expect(calls.length).toBeGreaterThan(0);
      for (const call of calls) expect(costly(await planOf(call)), call.sql).toEqual([]);
    });
  });
});
