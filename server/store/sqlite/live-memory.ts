/**
 * Which sessions live, remembered: every message asks, and the answer changes only when a session ends. SQLite itself says when
 * that is, by triggers on whatever ends or forgets a session, so that no statement can be written that is missed here.
 */

import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { Database } from "./database.ts";

export interface LiveMemory {
  isLive(sessionId: string): boolean;
  /** A transaction was undone: what it had opened never was. */
  clear(): void;
}

const triggers = `
  create temp trigger session_ended after update of ended_at on main.session
    begin select session_is_over(old.id); end;
  create temp trigger session_forgotten after delete on main.session
    begin select session_is_over(old.id); end;`;

export function createLiveMemory(database: Database, db: Kysely<Schema>): LiveMemory {
  const live = new Set<string>();
  const findLive = statement((p: { sessionId: string }) =>
    db.selectFrom("session").select("id").where("id", "=", p.sessionId).where("ended_at", "is", null),
  );
  database.connection.function("session_is_over", (id) => {
    live.delete(String(id));
    return null;
  });
  database.exec(triggers);

  return {
    isLive(sessionId) {
      if (live.has(sessionId)) return true;
      const isLive = database.first(findLive, { sessionId }) !== undefined;
      if (isLive) live.add(sessionId);
      return isLive;
    },
    clear: () => live.clear(),
  };
}
