import type { Kysely, Selectable } from "kysely";
import { timestamp } from "../../../shared/clock.ts";
import type { Contact, ContactField } from "../../../shared/protocol.ts";
import { type SignedField, visitorKey } from "../../identity/identity.ts";
import type { ContactTable, Schema } from "../schema.ts";
import { statement } from "../statement.ts";
import type { ContactAssertion } from "../store.ts";
import { timeOrderedId } from "../time-ordered-id.ts";
import { row, type Unit, write } from "../unit.ts";
import { tokenWatermarkUnits } from "./token-watermark.ts";

type ContactRow = Selectable<ContactTable>;
type SignedAssertion = Extract<ContactAssertion, { verified: true }>;
type Fields = Readonly<Record<string, ContactField>>;

/** What is known of somebody who signs in. */
interface Known {
  /** undefined where no contact stands: nobody signed in before, or the contact was erased. */
  readonly stored: ContactRow | undefined;
  /** Tokens issued before this second are refused; 0: none for that. */
  readonly validAfterSeconds: number;
}

export const nobodyKnown: Known = { stored: undefined, validAfterSeconds: 0 };
export const knownBy = (stored: ContactRow): Known => ({
  stored,
  validAfterSeconds: stored.valid_after_seconds,
});

export function contactUnits(db: Kysely<Schema>) {
  const watermarks = tokenWatermarkUnits(db);

  const findByKey = statement((p: { platformKey: string }) =>
    db.selectFrom("contact").selectAll().where("platform_key", "=", p.platformKey),
  );
  const findById = statement((p: { id: string }) =>
    db.selectFrom("contact").selectAll().where("id", "=", p.id),
  );
  const insert = statement((p: ContactRow) =>
    db.insertInto("contact").values({
      id: p.id,
      community_id: p.community_id,
      platform_key: p.platform_key,
      auth_id: p.auth_id,
      identity: p.identity,
      verified: p.verified,
      fields: p.fields,
      valid_after_seconds: p.valid_after_seconds,
      created_at: p.created_at,
    }),
  );
  const updateFields = statement((p: { id: string; fields: string }) =>
    db.updateTable("contact").set({ fields: p.fields }).where("id", "=", p.id),
  );
  const moveWatermark = statement((p: { id: string; second: number }) =>
    db
      .updateTable("contact")
      .set({ valid_after_seconds: p.second })
      .where("id", "=", p.id)
      .where("valid_after_seconds", "<", p.second),
  );

  return {
    *find(id: string): Unit<ContactRow | undefined> {
      return yield* row(findById, { id });
    },

    *findByKey(platformKey: string): Unit<ContactRow | undefined> {
      return yield* row(findByKey, { platformKey });
    },

    *known(platformKey: string): Unit<Known> {
      const stored = yield* row(findByKey, { platformKey });
      return stored ? knownBy(stored) : { stored, validAfterSeconds: yield* watermarks.find(platformKey) };
    },

    /** A visitor is always somebody new: nothing unsigned finds or merges with a contact that stands. */
    *addVisitor(communityId: string, at: number): Unit<ContactRow> {
      const id = timeOrderedId(at);
      const visitor: ContactRow = {
        id,
        community_id: communityId,
        platform_key: visitorKey(communityId, id),
        auth_id: null,
        identity: null,
        verified: 0,
        fields: "{}",
        valid_after_seconds: 0,
        created_at: at,
      };
      yield* write(insert, visitor);
      return visitor;
    },

    /** Makes the contact, or merges what the token says into it. */
    *save(contact: SignedAssertion, { stored, validAfterSeconds }: Known, at: number): Unit<ContactRow> {
      const before = stored ? parseFields(stored.fields) : {};
      const changed = changedFields(before, contact.fields, at);
      if (stored && changed.length === 0) return stored;
      const fields = JSON.stringify({ ...before, ...Object.fromEntries(changed) });
      if (stored) {
        yield* write(updateFields, { id: stored.id, fields });
        return { ...stored, fields };
      }
      const made: ContactRow = {
        id: timeOrderedId(at),
        community_id: contact.communityId,
        platform_key: contact.platformKey,
        auth_id: contact.authId,
        identity: contact.identity,
        verified: 1,
        fields,
        valid_after_seconds: validAfterSeconds,
        created_at: at,
      };
      yield* write(insert, made);
      return made;
    },

    /** From now on tokens issued before this second are refused. */
    *refuseOlderTokens(id: string, second: number): Unit<void> {
      yield* write(moveWatermark, { id, second });
    },
  };
}

/** A field keeps its `updatedAt` while the token repeats what is known. Fields that the token leaves out stay. */
const changedFields = (
  stored: Fields,
  signed: Readonly<Record<string, SignedField>>,
  at: number,
): readonly (readonly [string, ContactField])[] =>
  Object.entries(signed)
    .filter(([name, { value, claim }]) => stored[name]?.value !== value || stored[name]?.claim !== claim)
    .map(([name, { value, claim }]) => [name, { value, source: "token", claim, updatedAt: timestamp(at) }]);

export function toContact(contact: Pick<ContactRow, "id" | "platform_key" | "verified" | "fields">): Contact {
  const fields = parseFields(contact.fields);
  return {
    id: contact.id,
    platformKey: contact.platform_key,
    name: fields.name?.value ?? null,
    verified: contact.verified === 1,
    fields,
  };
}

const parseFields = (json: string): Fields => JSON.parse(json);
