/** What the store knows of an identity token, told without using the token: for reports about it. */

import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { TokenQuestion, TokenState } from "../store.ts";
import { row, type Unit } from "../unit.ts";
import { contactUnits } from "./contact.ts";
import { tokenUnits } from "./token.ts";

export function tokenStateUnits(db: Kysely<Schema>) {
  const tokens = tokenUnits(db);
  const contacts = contactUnits(db);

  const findUsed = statement((p: { communityId: string; jti: string }) =>
    db
      .selectFrom("used_token")
      .select("jti")
      .where("community_id", "=", p.communityId)
      .where("jti", "=", p.jti),
  );

  return {
    *of({ token, communityId, platformKey }: TokenQuestion): Unit<TokenState> {
      const { validAfterSeconds } = yield* contacts.known(platformKey);
      const { singleUseId: jti } = token;
      return {
        revoked: yield* tokens.isRevoked(token, validAfterSeconds),
        used: jti !== null && (yield* row(findUsed, { communityId, jti })) !== undefined,
        validAfterSeconds,
      };
    },
  };
}
