/** Contacts and sessions: who may be here, since when and until when. */

import type { Contact, IdentityAssertion, Message } from "../../shared/protocol.ts";
import type { SignedField, TokenUse } from "../identity/identity.ts";
import type { ConversationRecord } from "./conversation-store.ts";
import type { SessionGrant } from "./grant-store.ts";

export type SessionMethod = IdentityAssertion["type"];

/** Whom a new session is for. A verified contact is found by its platform key, or made; a visitor is always new. */
export type ContactAssertion =
  | {
      readonly verified: true;
      readonly communityId: string;
      readonly platformKey: string;
      readonly authId: string;
      readonly identity: string;
      /** Merged over the stored fields; each becomes a field of source `token`. */
      readonly fields: Readonly<Record<string, SignedField>>;
    }
  | { readonly verified: false; readonly communityId: string };

export interface SessionTimes {
  readonly idleExpiresAt: number;
  readonly absoluteExpiresAt: number;
}

export interface SessionOpening extends SessionTimes {
  /** SHA-256 of the session token, lower-case hex. */
  readonly tokenHash: string;
  readonly deploymentId: string;
  readonly method: SessionMethod;
  /** Short description of the device for the customer's list of sessions: `Chrome on Windows`. */
  readonly device: string;
  readonly contact: ContactAssertion;
  /** null for a visitor. */
  readonly identityToken: TokenUse | null;
  /** A visitor signs in and brings the conversation along; null: nobody does. */
  readonly handover: Handover | null;
  /** What an OpenID provider granted; null for every other identity. */
  readonly grant: SessionGrant | null;
  readonly preview: boolean;
  readonly at: number;
}

export interface SessionRecord extends SessionTimes {
  readonly id: string;
  readonly contactId: string;
  readonly conversationId: string;
  readonly communityId: string;
  readonly deploymentId: string;
  readonly method: SessionMethod;
  readonly preview: boolean;
  readonly createdAt: number;
  /** null while it lives. Expiry is a matter of the times and the clock, not of this. */
  readonly endedAt: number | null;
  /** It can be renewed without the customer's doing. */
  readonly hasRefreshToken: boolean;
}

export interface LiveTimes extends SessionTimes {
  readonly id: string;
}

/** A row of the customer's own list. */
export interface ListedSession extends SessionRecord {
  readonly device: string;
}

/** Sessions that end for another reason than their own token's logout. */
export type EndSelection =
  /**
   * Every session of the contact; and its tokens issued before this second are refused from now on, those of a login that
   * is under way as well: a contact that was never here is made to remember it.
   */
  | { readonly by: "contact"; readonly platformKey: string; readonly issuedBeforeSeconds: number }
  /** Every session that came from this one of the provider; and its ID tokens are refused from now on. */
  | {
      readonly by: "providerSession";
      readonly communityId: string;
      readonly authId: string;
      readonly providerSession: string;
      /** When the last ID token of it will have expired by itself. */
      readonly tokensExpireAt: number;
    }
  /** One session, if it is the contact's. */
  | { readonly by: "id"; readonly sessionId: string; readonly contactId: string }
  /** Every session of the contact but this one. */
  | { readonly by: "others"; readonly sessionId: string; readonly contactId: string };

/** What the community takes once. */
export interface SingleUse {
  readonly communityId: string;
  readonly id: string;
  /** Forgotten some time after this. */
  readonly expiresAtSeconds: number;
}

export interface SessionDetails {
  readonly session: SessionRecord;
  readonly contact: Contact;
  readonly conversation: ConversationRecord;
}

export interface Handover {
  /** Of the visitor's own session token. */
  readonly tokenHash: string;
  /** System message where the visitor's conversation becomes the customer's: said after what the visitor wrote. */
  readonly verifiedFrom: string;
  /** System message where it is joined to the customer's: said before what the visitor wrote. */
  readonly writtenBefore: string;
}

/** `forbidden`: of a signed-in customer, another community, or the other side of preview. */
export type HandoverRefusal = "session_missing" | "session_expired" | "session_revoked" | "forbidden";

export interface HandedOver {
  /** The visitor's. */
  readonly endedSessions: readonly string[];
  /** The one that the visitor had; the opened session has another where the customer had one already. */
  readonly conversationId: string;
  /** The last that was written by the handover; null where the visitor had said nothing. */
  readonly lastMessage: Message | null;
}

export type SessionOpened =
  | ({ readonly ok: true; readonly handedOver: HandedOver | null } & SessionDetails)
  | { readonly ok: false; readonly code: "token_revoked" | "token_replayed" | HandoverRefusal };

export type SessionRenewed =
  | ({ readonly ok: true } & SessionDetails)
  | {
      readonly ok: false;
      readonly code:
        | "token_revoked"
        | "token_replayed"
        | "identity_changed"
        | "session_missing"
        | "session_revoked";
    };

export interface SessionRenewal extends SessionTimes {
  readonly sessionId: string;
  /** Hash of the new session token; the old one stops in the same transaction. */
  readonly tokenHash: string;
  readonly contact: ContactAssertion;
  readonly identityToken: TokenUse | null;
  /** null keeps what there is, and so does each member. */
  readonly grant: SessionGrant | null;
  readonly at: number;
}

export interface TokenQuestion {
  readonly token: TokenUse;
  readonly communityId: string;
  readonly platformKey: string;
}

/** Step 8 of the gate, as it would end. */
export interface TokenState {
  readonly revoked: boolean;
  /** Its single-use id was taken before. */
  readonly used: boolean;
  /** Second of the customer's last “log out everywhere”; 0: never. */
  readonly validAfterSeconds: number;
}

export interface SessionStore {
  /** Checks revocation and replay, finds or makes contact and conversation, stores the session: all or nothing. */
  openSession(opening: SessionOpening): Promise<SessionOpened>;
  /** For `/authorize`: the same checks of the token and the same update of the contact, without a session. */
  recordContact(
    contact: Extract<ContactAssertion, { verified: true }>,
    token: TokenUse,
    at: number,
  ): Promise<
    { readonly ok: true } | { readonly ok: false; readonly code: "token_revoked" | "token_replayed" }
  >;
  findSession(tokenHash: string): Promise<SessionDetails | null>;
  renewSession(renewal: SessionRenewal): Promise<SessionRenewed>;
  /** Moves the idle expiry of a live session; never past its absolute expiry, never backwards. */
  touchSession(sessionId: string, idleExpiresAt: number): Promise<void>;
  /**
   * Ends the session and revokes the identity tokens that opened and renewed it; `everywhere` also every other session of
   * the contact with its tokens, and every token issued before this second. The token of before the last renewal does too.
   * Idempotent. Answers with the ids of the sessions that ended now.
   */
  endSession(end: {
    readonly tokenHash: string;
    readonly everywhere: boolean;
    readonly at: number;
  }): Promise<readonly string[]>;
  /** Revokes the identity tokens of what it ends, as `endSession` does. Answers with the ids of the sessions that ended now. */
  endSelected(selection: EndSelection, at: number): Promise<readonly string[]>;
  /** The same for a request that counts once. null: it was made before, and nothing ended now. */
  endSelectedOnce(selection: EndSelection, use: SingleUse, at: number): Promise<readonly string[] | null>;
  /** The contact's sessions that have not ended and not expired at `at`, newest first, at most 100. */
  sessionsOf(contactId: string, at: number): Promise<readonly ListedSession[]>;
  /**
   * Those of these sessions that have not ended, in no order, expired or not: asked where the bus may have dropped a
   * revocation, and for what the customer did elsewhere.
   */
  liveAmong(sessionIds: readonly string[]): Promise<readonly LiveTimes[]>;
  /** Looks only: the token stays as unused as it was. */
  tokenState(question: TokenQuestion): Promise<TokenState>;
  /** Forgets ended and expired sessions, revoked tokens and used `jti`s whose own expiry has passed. */
  sweepSessions(at: number): Promise<void>;
}
