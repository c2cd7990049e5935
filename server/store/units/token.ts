/** Revocation and replay of identity tokens: step 8 of the gate, in the transaction that uses the token. */

import type { Kysely } from "kysely";
import type { TokenUse } from "../../identity/identity.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { SingleUse } from "../store.ts";
import { row, type Unit, write } from "../unit.ts";

export function tokenUnits(db: Kysely<Schema>) {
  const findRevoked = statement((p: { hash: string }) =>
    db.selectFrom("revoked_token").select("hash").where("hash", "=", p.hash),
  );
  const insertUsed = statement((p: { communityId: string; jti: string; expiresAt: number }) =>
    db
      .insertInto("used_token")
      .values({ community_id: p.communityId, jti: p.jti, expires_at: p.expiresAt })
      .onConflict((conflict) => conflict.doNothing())
      .returning("jti"),
  );
  const insertSessionToken = statement((p: { sessionId: string; hash: string; expiresAt: number }) =>
    db
      .insertInto("session_token")
      .values({ session_id: p.sessionId, hash: p.hash, expires_at: p.expiresAt })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const forgetExpired = statement((p: { sessionId: string; at: number }) =>
    db.deleteFrom("session_token").where("session_id", "=", p.sessionId).where("expires_at", "<", p.at),
  );
  const revokeOfSession = statement((p: { sessionId: string }) =>
    db
      .insertInto("revoked_token")
      .columns(["hash", "expires_at"])
      .expression((from) =>
        from.selectFrom("session_token").select(["hash", "expires_at"]).where("session_id", "=", p.sessionId),
      )
      .onConflict((conflict) => conflict.column("hash").doNothing()),
  );
  const insertRevoked = statement((p: { hash: string; expiresAt: number }) =>
    db
      .insertInto("revoked_token")
      .values({ hash: p.hash, expires_at: p.expiresAt })
      .onConflict((conflict) => conflict.column("hash").doNothing()),
  );
  const sweepRevoked = statement((p: { at: number }) =>
    db.deleteFrom("revoked_token").where("expires_at", "<", p.at),
  );
  const sweepUsed = statement((p: { at: number }) =>
    db.deleteFrom("used_token").where("expires_at", "<", p.at),
  );

  /** @returns false where somebody took it before */
  function* take({ communityId, id, expiresAtSeconds }: SingleUse): Unit<boolean> {
    const expiresAt = expiresAtSeconds * 1000;
    return (yield* row(insertUsed, { communityId, jti: id, expiresAt })) !== undefined;
  }

  return {
    /**
     * @param validAfterSeconds the contact's watermark, 0 where none stands. A token of the watermark's own second passes:
     *   one that was used before the logout is in the revoked set, one that the customer signs in with right after it is not.
     */
    *isRevoked(token: TokenUse, validAfterSeconds: number): Unit<boolean> {
      if (token.issuedAtSeconds === null ? validAfterSeconds > 0 : token.issuedAtSeconds < validAfterSeconds)
        return true;
      const { hashes, providerSessionMark: mark } = token;
      for (const hash of mark === undefined ? hashes : [...hashes, mark])
        if (yield* row(findRevoked, { hash })) return true;
      return false;
    },

    /** Takes a single-use token's id; true where somebody took it before. */
    *isReplayed(token: TokenUse, communityId: string): Unit<boolean> {
      const { singleUseId: id, expiresAtSeconds } = token;
      return id !== null && !(yield* take({ communityId, id, expiresAtSeconds }));
    },

    take,

    /** The session's earlier tokens are kept until they have expired by themselves; `at` null: a new one has none. */
    *keep(token: TokenUse, sessionId: string, at: number | null): Unit<void> {
      if (at !== null) yield* write(forgetExpired, { sessionId, at });
      const expiresAt = token.expiresAtSeconds * 1000;
      for (const hash of token.hashes) yield* write(insertSessionToken, { sessionId, hash, expiresAt });
    },

    *revoke(hash: string, expiresAt: number): Unit<void> {
      yield* write(insertRevoked, { hash, expiresAt });
    },

    *revokeOf(sessionId: string): Unit<void> {
      yield* write(revokeOfSession, { sessionId });
    },

    *sweep(at: number): Unit<void> {
      yield* write(sweepRevoked, { at });
      yield* write(sweepUsed, { at });
    },
  };
}
