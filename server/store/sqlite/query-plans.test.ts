import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takingOver } from "../contract/handover.suite.ts";
import type { Unit } from "../unit.ts";
import { attachmentUnits } from "../units/attachment.ts";
import { auditUnits } from "../units/audit.ts";
import { conversationHeadUnits } from "../units/conversation-head.ts";
import { conversationListUnits } from "../units/conversation-list.ts";
import { grantUnits } from "../units/grant.ts";
import { handoverUnits } from "../units/handover.ts";
import { keyUseUnits } from "../units/key-use.ts";
import { messageUnits } from "../units/message.ts";
import { sessionUnits } from "../units/session.ts";
import { sessionEndUnits } from "../units/session-end.ts";
import { sessionSelectionUnits } from "../units/session-selection.ts";
import { tokenStateUnits } from "../units/token-state.ts";
import { tokenWatermarkUnits } from "../units/token-watermark.ts";
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

  /** Whatever is asked for; a visitor's live session among it. */
  const row = {
    id: "c",
    key: 1,
    last_seq: 5,
    contact_id: "c",
    updated_at: 1,
    fields: "{}",
    at: 1,
    attachments: null,
    community_id: "acme",
    method: "anonymous",
    preview: 0,
    verified: 0,
    ended_at: null,
    idle_expires_at: Number.MAX_SAFE_INTEGER,
    absolute_expires_at: Number.MAX_SAFE_INTEGER,
  };

  /** Runs a unit against made-up rows, which each statement finds once, and answers with the plans of its statements. */
  function plansOf(unit: Unit<unknown>): string[] {
    const plans: string[] = [];
    const asked = new Set<string>();
    let step = unit.next([]);
    while (!step.done) {
      const { sql, values } = step.value;
      for (const { detail } of connection.prepare(`explain query plan ${sql}`).all(...values))
        plans.push(String(detail));
      step = unit.next(asked.has(sql) ? [] : [row]);
      asked.add(sql);
    }
    return plans;
  }

  const list = conversationListUnits(db, sqliteDialect);
  const selections = sessionSelectionUnits(db, sqliteDialect);
  const cursor = Buffer.from(`5.${"a".repeat(36)}`).toString("base64url");
  const units: Record<string, () => Unit<unknown>> = {
    "of a page of history before": () => messageUnits(db).page("c", { before: 7, limit: 50 }),
    "of a page of history after": () => messageUnits(db).page("c", { after: 7, limit: 50 }),
    "of the agents' list": () => list.list({ preview: false, limit: 50 }),
    "of its later pages": () => list.list({ preview: false, cursor, limit: 50 }),
    "of one state's list": () => list.list({ preview: false, state: "open", cursor, limit: 50 }),
    "of finding a session": () => sessionUnits(db).find("hash"),
    "of a watermark": () => tokenWatermarkUnits(db).find("k"),
    "of looking a token up": () =>
      tokenStateUnits(db).of({
        token: { hashes: ["h"], issuedAtSeconds: 5, expiresAtSeconds: 9, singleUseId: "j" },
        communityId: "c",
        platformKey: "k",
      }),
    "of logging out": () =>
      sessionEndUnits(db, sqliteDialect).end({ tokenHash: "h", everywhere: false, at: 1 }),
    "of logging out everywhere": () =>
      sessionEndUnits(db, sqliteDialect).end({ tokenHash: "h", everywhere: true, at: 1 }),
    "of listing a contact's sessions": () => selections.list("c", 1),
    "of ending a contact's sessions": () =>
      selections.end({ by: "contact", platformKey: "v1/c/AUTH/jwt/uid:a", issuedBeforeSeconds: 1 }, 1),
    "of ending the sessions of a provider's": () =>
      selections.end(
        { by: "providerSession", communityId: "c", authId: "a", providerSession: "s", tokensExpireAt: 2 },
        1,
      ),
    "of ending one of a contact's sessions": () =>
      selections.end({ by: "id", sessionId: "s", contactId: "c" }, 1),
    "of ending a contact's other sessions": () =>
      selections.end({ by: "others", sessionId: "s", contactId: "c" }, 1),
    "of handing a conversation over": () =>
      sessionUnits(db).open(takingOver("v", "ada", { identityToken: null })),
    "of finding the conversations of a handover": () => handoverUnits(db).concerned(takingOver("v")),
    "of what there is to revoke": () => grantUnits(db).toRevoke(1, 10),
    "of asking which sessions have ended": () => sessionEndUnits(db, sqliteDialect).liveAmong(["a"]),
    "of how far conversations have come": () => conversationHeadUnits(db, sqliteDialect).among(["a"]),
    "of conversations that were active lately": () =>
      conversationHeadUnits(db, sqliteDialect).updatedSince(5, 10),
    "of adding an attachment": () =>
      attachmentUnits(db).add({
        attachment: { id: "a", name: "a", type: "t", size: 1 },
        conversationId: "c",
        uploader: "contact",
        sessionId: "s",
        at: 1,
        allowance: { bytes: 9, since: 0 },
      }),
    "of claiming attachments": () =>
      attachmentUnits(db).claim({
        conversationId: "c",
        uploader: "contact",
        messageId: "m",
        ids: ["a"],
        at: 1,
      }),
    "of settling attachments": () => attachmentUnits(db).settle(2, 2, 10),
    "of moving attachments along": () => attachmentUnits(db).follow("c", "m", "n"),
    "of a page of the audit log": () => auditUnits(db).page(7, 50),
    "of writing into the audit log": () =>
      auditUnits(db).append({ actor: "a", action: "b", target: "c", detail: "d" }, 1),
    "of the last uses of keys": () => keyUseUnits(db).ofCommunity("acme"),
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
