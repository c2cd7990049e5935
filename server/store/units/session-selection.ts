/** Sessions seen from outside of them: listed for the customer, and ended by the customer or the identity provider. */

import type { Kysely } from "kysely";
import { parsePlatformKey, providerSessionMark } from "../../identity/identity.ts";
import type { Dialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { EndSelection, ListedSession, SingleUse } from "../store.ts";
import { rows, type Unit } from "../unit.ts";
import { contactUnits } from "./contact.ts";
import { toSession } from "./session.ts";
import { sessionEndUnits } from "./session-end.ts";
import { tokenUnits } from "./token.ts";

/** More than a person has devices; a list without end is none. */
const listed = 100;

export function sessionSelectionUnits(db: Kysely<Schema>, dialect: Dialect) {
  const contacts = contactUnits(db);
  const ends = sessionEndUnits(db, dialect);
  const tokens = tokenUnits(db);

  const live = () => db.selectFrom("session").select("session.id").where("session.ended_at", "is", null);
  const ofContact = statement((p: { contactId: string }) => live().where("contact_id", "=", p.contactId));
  const ofContactById = statement((p: { contactId: string; id: string }) =>
    live().where("session.id", "=", p.id).where("contact_id", "=", p.contactId),
  );
  const others = statement((p: { contactId: string; id: string }) =>
    live().where("contact_id", "=", p.contactId).where("session.id", "!=", p.id),
  );
  const ofProvider = statement((p: { communityId: string; authId: string; providerSession: string }) =>
    live()
      .innerJoin("session_grant", "session_grant.session_id", "session.id")
      .innerJoin("contact", "contact.id", "session.contact_id")
      .where("session_grant.provider_session", "=", p.providerSession)
      .where("session.community_id", "=", p.communityId)
      .where("contact.auth_id", "=", p.authId),
  );
  // Time-ordered ids: the newest are the greatest.
  const listOfContact = statement((p: { contactId: string; at: number; limit: number }) =>
    db
      .selectFrom("session")
      .selectAll()
      .where("contact_id", "=", p.contactId)
      .where("ended_at", "is", null)
      .where("idle_expires_at", ">", p.at)
      .orderBy("id", "desc")
      .limit(p.limit),
  );

  function* select(selection: EndSelection, at: number): Unit<readonly { readonly id: string }[]> {
    switch (selection.by) {
      case "contact": {
        const { platformKey, issuedBeforeSeconds } = selection;
        const contactId = yield* contactOf(platformKey, at);
        if (contactId === null) return [];
        yield* contacts.refuseOlderTokens(contactId, issuedBeforeSeconds);
        return yield* rows(ofContact, { contactId });
      }
      case "providerSession": {
        const { communityId, authId, providerSession, tokensExpireAt } = selection;
        yield* tokens.revoke(providerSessionMark(communityId, authId, providerSession), tokensExpireAt);
        return yield* rows(ofProvider, { communityId, authId, providerSession });
      }
      case "id":
        return yield* rows(ofContactById, { contactId: selection.contactId, id: selection.sessionId });
      case "others":
        return yield* rows(others, { contactId: selection.contactId, id: selection.sessionId });
    }
  }

  /**
   * A first login may have its token already and reach the store after this: only a contact that stands can refuse it. So
   * one that does not is made. It has no conversation and no field, and nobody sees it.
   */
  function* contactOf(platformKey: string, at: number): Unit<string | null> {
    const known = yield* contacts.known(platformKey);
    if (known.stored) return known.stored.id;
    const parts = parsePlatformKey(platformKey);
    if (!parts) return null;
    const made = yield* contacts.save({ verified: true, platformKey, ...parts, fields: {} }, known, at);
    return made.id;
  }

  function* end(selection: EndSelection, at: number): Unit<readonly string[]> {
    const due = (yield* select(selection, at)).map(({ id }) => id);
    yield* ends.endAll(due, at);
    return due;
  }

  return {
    end,

    *endOnce(selection: EndSelection, use: SingleUse, at: number): Unit<readonly string[] | null> {
      return (yield* tokens.take(use)) ? yield* end(selection, at) : null;
    },

    *list(contactId: string, at: number): Unit<readonly ListedSession[]> {
      const found = yield* rows(listOfContact, { contactId, at, limit: listed });
      return found.map((row) => ({ ...toSession(row), device: row.device }));
    },
  };
}
