import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Unit } from "../unit.ts";
import { conversationListUnits } from "../units/conversation-list.ts";
import { messageUnits } from "../units/message.ts";
import { sessionUnits } from "../units/session.ts";
import { sessionEndUnits } from "../units/session-end.ts";
import { openDatabase } from "./database.ts";
import { kyselyOf, sqliteDialect } from "./kysely.ts";
import { migrate } from "./migrations.ts";

/** A query that searches by an index costs the same over a thousand rows and over a million: so none may scan or sort. */
describe("The query plan", () => {
  const database = openDatabase(":memory:");
  const { connection } = database;
  const db = kyselyOf(connection);
  beforeAll(() => migrate(database, db));
  afterAll(() => database.close());

  const row = { id: "c", key: 1, last_seq: 5, contact_id: "c", updated_at: 1, fields: "{}", at: 1 };

  /** Runs a unit against made-up rows and answers with the plans of its statements. */
  function plansOf(unit: Unit<unknown>): string[] {
    const plans: string[] = [];
    let step = unit.next([]);
    while (!step.done) {
      const { sql, values } = step.value;
      for (const { detail } of connection.prepare(`explain query plan ${sql}`).all(...values))
        plans.push(String(detail));
      step = unit.next([row]);
    }
    return plans;
  }

  const list = conversationListUnits(db, sqliteDialect);
  const cursor = Buffer.from(`5.${"a".repeat(36)}`).toString("base64url");
  const units: Record<string, () => Unit<unknown>> = {
    "of a page of history before": () => messageUnits(db).page("c", { before: 7, limit: 50 }),
    "of a page of history after": () => messageUnits(db).page("c", { after: 7, limit: 50 }),
    "of the agents' list": () => list.list({ preview: false, limit: 50 }),
    "of its later pages": () => list.list({ preview: false, cursor, limit: 50 }),
    "of one state's list": () => list.list({ preview: false, state: "open", cursor, limit: 50 }),
    "of finding a session": () => sessionUnits(db).find("hash"),
    "of logging out": () =>
      sessionEndUnits(db, sqliteDialect).end({ tokenHash: "h", everywhere: false, at: 1 }),
    "of logging out everywhere": () =>
      sessionEndUnits(db, sqliteDialect).end({ tokenHash: "h", everywhere: true, at: 1 }),
    "of asking which sessions have ended": () => sessionEndUnits(db, sqliteDialect).endedAmong(["a"]),
    "of sweeping": () => sessionEndUnits(db, sqliteDialect).sweepSome(1),
  };

  it.each(Object.keys(units))("%s neither scans a table nor sorts one", (name) => {
    const plans = plansOf(units[name]?.() ?? fail());
    expect(plans.length).toBeGreaterThan(0);
    // A list given as JSON is read from end to end: that is the list, not a table.
    const costly = plans.filter((plan) => /^SCAN (?!json_each|CONSTANT)|ORDER BY/.test(plan));
    expect(costly).toEqual([]);
  });
});

function fail(): never {
  throw new Error("unreachable");
}
