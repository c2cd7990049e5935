/** What providers granted, and what is left to be revoked of it. */

import type { Kysely } from "kysely";
import type { RevocableGrant, SessionGrant } from "../grant-store.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import { row, rows, type Unit, write } from "../unit.ts";

export function grantUnits(db: Kysely<Schema>) {
  const find = statement((p: { sessionId: string }) =>
    db.selectFrom("session_grant").selectAll().where("session_id", "=", p.sessionId),
  );
  const insert = statement(
    (p: { sessionId: string; sealedRefreshToken: string | null; providerSession: string | null }) =>
      db
        .insertInto("session_grant")
        .values({
          session_id: p.sessionId,
          sealed_refresh_token: p.sealedRefreshToken,
          provider_session: p.providerSession,
        })
        .onConflict((conflict) =>
          conflict.column("session_id").doUpdateSet((eb) => ({
            sealed_refresh_token: eb.fn.coalesce(
              "excluded.sealed_refresh_token",
              "session_grant.sealed_refresh_token",
            ),
            provider_session: eb.fn.coalesce("excluded.provider_session", "session_grant.provider_session"),
          })),
        ),
  );
  const removeToken = statement((p: { sessionId: string }) =>
    db.updateTable("session_grant").set({ sealed_refresh_token: null }).where("session_id", "=", p.sessionId),
  );
  const replaceToken = statement((p: { sessionId: string; sealedRefreshToken: string }) =>
    db
      .updateTable("session_grant")
      .set({ sealed_refresh_token: p.sealedRefreshToken })
      .where("session_id", "=", p.sessionId)
      .where("sealed_refresh_token", "is not", null),
  );
  const removeMark = statement((p: { sessionId: string }) =>
    db.updateTable("session").set({ has_refresh_token: 0 }).where("id", "=", p.sessionId),
  );

  // The flag is spelt out rather than bound: the planner has to see that the partial indexes serve the query.
  const marked = () =>
    db
      .selectFrom("session")
      .innerJoin("session_grant", "session_grant.session_id", "session.id")
      .select([
        "session.id as sessionId",
        "session.community_id as communityId",
        "session_grant.sealed_refresh_token as sealedRefreshToken",
      ])
      .where("session.has_refresh_token", "=", (eb) => eb.lit(1));
  const ofEnded = statement((p: { limit: number }) =>
    marked().where("session.ended_at", "is not", null).limit(p.limit),
  );
  const ofExpired = statement((p: { at: number; limit: number }) =>
    marked()
      .where("session.ended_at", "is", null)
      .where("session.idle_expires_at", "<=", p.at)
      .limit(p.limit),
  );

  return {
    *find(sessionId: string): Unit<SessionGrant | null> {
      const found = yield* row(find, { sessionId });
      if (!found) return null;
      return { sealedRefreshToken: found.sealed_refresh_token, providerSession: found.provider_session };
    },

    /** What the grant does not have stays as it was: a provider repeats neither for every renewal. */
    *keep(sessionId: string, grant: SessionGrant): Unit<void> {
      yield* write(insert, { sessionId, ...grant });
    },

    *replace(sessionId: string, sealedRefreshToken: string): Unit<void> {
      yield* write(replaceToken, { sessionId, sealedRefreshToken });
    },

    *toRevoke(at: number, limit: number): Unit<readonly RevocableGrant[]> {
      const ended = yield* rows(ofEnded, { limit });
      const expired = ended.length < limit ? yield* rows(ofExpired, { at, limit: limit - ended.length }) : [];
      return [...ended, ...expired].flatMap(({ sealedRefreshToken, ...session }) =>
        sealedRefreshToken === null ? [] : [{ ...session, sealedRefreshToken }],
      );
    },

    *remove(sessionId: string): Unit<void> {
      yield* write(removeToken, { sessionId });
      yield* write(removeMark, { sessionId });
    },
  };
}
