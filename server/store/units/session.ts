/** Sessions while they live: opened, found, renewed, touched. `session-end.ts` has the other half. */

import type { Kysely, Selectable } from "kysely";
import type { TokenUse } from "../../identity/identity.ts";
import type { SessionGrant } from "../grant-store.ts";
import { oneString } from "../one-string.ts";
import type { Flag, Schema, SessionTable } from "../schema.ts";
import { statement } from "../statement.ts";
import type {
  ContactAssertion,
  SessionDetails,
  SessionOpened,
  SessionOpening,
  SessionRecord,
  SessionRenewal,
  SessionRenewed,
} from "../store.ts";
import { timeOrderedId } from "../time-ordered-id.ts";
import { row, type Unit, write } from "../unit.ts";
import { contactUnits, knownBy, nobodyKnown, toContact } from "./contact.ts";
import { conversationUnits, toConversation } from "./conversation.ts";
import { grantUnits } from "./grant.ts";
import { handoverUnits } from "./handover.ts";
import { tokenUnits } from "./token.ts";

export type SessionRow = Selectable<SessionTable>;
type Refused = { readonly ok: false; readonly code: "token_revoked" | "token_replayed" };

const revoked: Refused = { ok: false, code: "token_revoked" };
const replayed: Refused = { ok: false, code: "token_replayed" };

export function sessionUnits(db: Kysely<Schema>) {
  const tokens = tokenUnits(db);
  const contacts = contactUnits(db);
  const conversations = conversationUnits(db);
  const grants = grantUnits(db);
  const handovers = handoverUnits(db);

  // In one statement: every request and every socket begins with this, and each statement is a round trip to PostgreSQL.
  const findByHash = statement((p: { tokenHash: string }) =>
    db
      .selectFrom("session")
      .innerJoin("contact", "contact.id", "session.contact_id")
      .innerJoin("conversation", "conversation.id", "session.conversation_id")
      .selectAll("session")
      .select([
        "contact.platform_key",
        "contact.verified",
        "contact.fields",
        "conversation.contact_id as holder_id",
        "conversation.community_id as conversation_community_id",
        "conversation.deployment_id as conversation_deployment_id",
        "conversation.preview as conversation_preview",
        "conversation.state",
        "conversation.assignee",
        "conversation.last_seq",
        "conversation.contact_delivered",
        "conversation.contact_read",
        "conversation.agent_delivered",
        "conversation.agent_read",
        "conversation.created_at as conversation_created_at",
        "conversation.updated_at",
      ])
      .where("session.token_hash", "=", p.tokenHash),
  );
  const findById = statement((p: { id: string }) =>
    db.selectFrom("session").selectAll().where("id", "=", p.id),
  );
  const insert = statement((p: SessionRow) =>
    db.insertInto("session").values({
      id: p.id,
      token_hash: p.token_hash,
      contact_id: p.contact_id,
      conversation_id: p.conversation_id,
      community_id: p.community_id,
      deployment_id: p.deployment_id,
      method: p.method,
      device: p.device,
      preview: p.preview,
      created_at: p.created_at,
      idle_expires_at: p.idle_expires_at,
      absolute_expires_at: p.absolute_expires_at,
      ended_at: p.ended_at,
      has_refresh_token: p.has_refresh_token,
    }),
  );
  const replaceToken = statement(
    (p: {
      id: string;
      tokenHash: string;
      idleExpiresAt: number;
      absoluteExpiresAt: number;
      hasRefreshToken: Flag;
    }) =>
      db
        .updateTable("session")
        .set({
          token_hash: p.tokenHash,
          idle_expires_at: p.idleExpiresAt,
          absolute_expires_at: p.absoluteExpiresAt,
          has_refresh_token: p.hasRefreshToken,
        })
        .where("id", "=", p.id),
  );
  const moveIdle = statement((p: { id: string; idleExpiresAt: number }) =>
    db
      .updateTable("session")
      .set((eb) => ({
        idle_expires_at: eb
          .case()
          .when("absolute_expires_at", "<", p.idleExpiresAt)
          .then(eb.ref("absolute_expires_at"))
          .else(p.idleExpiresAt)
          .end(),
      }))
      .where("id", "=", p.id)
      .where("idle_expires_at", "<", p.idleExpiresAt)
      .where("ended_at", "is", null),
  );

  function* details(session: SessionRow): Unit<SessionDetails> {
    const contact = yield* contacts.find(session.contact_id);
    const conversation = yield* conversations.findEvenMoved(session.conversation_id);
    if (!contact || !conversation) throw new Error(`Session ${session.id} has lost its contact.`);
    return {
      session: toSession(session),
      contact: toContact(contact),
      conversation: toConversation(conversation),
    };
  }

  return {
    *open(opening: SessionOpening): Unit<SessionOpened> {
      const { contact: assertion, identityToken, handover, at } = opening;
      const known = assertion.verified ? yield* contacts.known(assertion.platformKey) : nobodyKnown;
      const visitor = handover && (yield* handovers.visitor(opening, handover));
      if (visitor && "code" in visitor) return visitor;
      if (identityToken) {
        if (yield* tokens.isRevoked(identityToken, known.validAfterSeconds)) return revoked;
        if (yield* tokens.isReplayed(identityToken, assertion.communityId)) return replayed;
      }
      const contact = assertion.verified
        ? yield* contacts.save(assertion, known, at)
        : yield* contacts.addVisitor(assertion.communityId, at);
      const place = {
        communityId: assertion.communityId,
        deploymentId: opening.deploymentId,
        preview: opening.preview,
      };
      const { conversation, handedOver } =
        visitor && handover
          ? yield* handovers.take(visitor, contact.id, handover, at)
          : { conversation: yield* conversations.ofContact(contact.id, place, at), handedOver: null };
      const session: SessionRow = {
        id: timeOrderedId(at),
        token_hash: opening.tokenHash,
        contact_id: contact.id,
        conversation_id: conversation.id,
        community_id: assertion.communityId,
        deployment_id: opening.deploymentId,
        method: opening.method,
        device: opening.device,
        preview: opening.preview ? 1 : 0,
        created_at: at,
        idle_expires_at: opening.idleExpiresAt,
        absolute_expires_at: opening.absoluteExpiresAt,
        ended_at: null,
        has_refresh_token: hasRefreshToken(opening.grant),
      };
      yield* write(insert, session);
      if (identityToken) yield* tokens.keep(identityToken, session.id, null);
      if (opening.grant) yield* grants.keep(session.id, opening.grant);
      return {
        ok: true,
        session: toSession(session),
        contact: toContact(contact),
        conversation: toConversation(conversation),
        handedOver,
      };
    },

    /** See `handover.ts`. */
    concerned: handovers.concerned,

    *recordContact(
      assertion: Extract<ContactAssertion, { verified: true }>,
      token: TokenUse,
      at: number,
    ): Unit<{ readonly ok: true } | Refused> {
      const known = yield* contacts.known(assertion.platformKey);
      if (yield* tokens.isRevoked(token, known.validAfterSeconds)) return revoked;
      if (yield* tokens.isReplayed(token, assertion.communityId)) return replayed;
      yield* contacts.save(assertion, known, at);
      return { ok: true };
    },

    *find(tokenHash: string): Unit<SessionDetails | null> {
      const found = yield* row(findByHash, { tokenHash });
      if (!found) return null;
      return {
        session: toSession(found),
        contact: toContact({ ...found, id: found.contact_id }),
        conversation: toConversation({
          ...found,
          id: found.conversation_id,
          contact_id: found.holder_id,
          community_id: found.conversation_community_id,
          deployment_id: found.conversation_deployment_id,
          preview: found.conversation_preview,
          created_at: found.conversation_created_at,
        }),
      };
    },

    *renew(renewal: SessionRenewal): Unit<SessionRenewed> {
      const { contact: assertion, identityToken, tokenHash, idleExpiresAt, absoluteExpiresAt, at } = renewal;
      const session = yield* row(findById, { id: renewal.sessionId });
      if (!session) return { ok: false, code: "session_missing" };
      if (session.ended_at !== null) return { ok: false, code: "session_revoked" };
      const contact = yield* contacts.find(session.contact_id);
      if (!contact || !isSamePerson(contact, assertion)) return { ok: false, code: "identity_changed" };
      if (identityToken) {
        if (yield* tokens.isRevoked(identityToken, contact.valid_after_seconds)) return revoked;
        if (yield* tokens.isReplayed(identityToken, assertion.communityId)) return replayed;
        yield* tokens.keep(identityToken, session.id, at);
      }
      if (assertion.verified) yield* contacts.save(assertion, knownBy(contact), at);
      const kept = hasRefreshToken(renewal.grant) || session.has_refresh_token;
      yield* write(replaceToken, {
        id: session.id,
        tokenHash,
        idleExpiresAt,
        absoluteExpiresAt,
        hasRefreshToken: kept,
      });
      if (renewal.grant) yield* grants.keep(session.id, renewal.grant);
      const renewed = {
        ...session,
        idle_expires_at: idleExpiresAt,
        absolute_expires_at: absoluteExpiresAt,
        has_refresh_token: kept,
      };
      return { ok: true, ...(yield* details(renewed)) };
    },

    *touch(id: string, idleExpiresAt: number): Unit<void> {
      yield* write(moveIdle, { id, idleExpiresAt });
    },
  };
}

/** A session never changes hands, nor between signed and anonymous. */
function isSamePerson(
  contact: { readonly platform_key: string; readonly verified: 0 | 1 },
  assertion: ContactAssertion,
): boolean {
  return assertion.verified ? contact.platform_key === assertion.platformKey : contact.verified === 0;
}

const hasRefreshToken = (grant: SessionGrant | null): Flag => (grant?.sealedRefreshToken ? 1 : 0);

export function toSession(session: SessionRow): SessionRecord {
  return {
    id: session.id,
    contactId: session.contact_id,
    conversationId: session.conversation_id,
    communityId: oneString(session.community_id),
    deploymentId: oneString(session.deployment_id),
    method: oneString(session.method),
    preview: session.preview === 1,
    createdAt: session.created_at,
    idleExpiresAt: session.idle_expires_at,
    absoluteExpiresAt: session.absolute_expires_at,
    endedAt: session.ended_at,
    hasRefreshToken: session.has_refresh_token === 1,
  };
}
