/** What crosses the wire between the messenger, the agent desk and the companion server: REST bodies and WebSocket frames. */

import type { ProblemCode } from "./problems.ts";

/** RFC 3339, UTC, milliseconds: `2026-11-21T09:30:00.000Z`. */
export type Timestamp = string;

// ---- People and messages -------------------------------------------------------------------------------------------

/** Where a field of a contact comes from: a claim of a verified token, or nothing that vouches for it. */
export type FieldSource = "token" | "visitor";

export interface ContactField {
  readonly value: string;
  readonly source: FieldSource;
  /** The token's claim that carried the value, such as `comm100.email` or `extra_values.plan`; absent for visitors. */
  readonly claim?: string;
  readonly updatedAt: Timestamp;
}

export interface Contact {
  readonly id: string;
  /** `v1/{community}/AUTH/{authId}/uid:{identity}` where verified, `v1/{community}/ANON/uid:{id}` for a visitor. */
  readonly platformKey: string;
  /** Display name from the signed attributes; null where none was given. */
  readonly name: string | null;
  readonly verified: boolean;
  /** By field name: a standard field (`email`, …) or `custom.{name}`. */
  readonly fields: Readonly<Record<string, ContactField>>;
}

export type AuthorKind = "contact" | "agent" | "system";

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Of a picture, as it is shown: pixels. What has them has a thumbnail. */
  readonly width?: number;
  readonly height?: number;
}

export interface Message {
  /** UUID made by whoever wrote the message; unique in its conversation. */
  readonly id: string;
  /** Place in the conversation: 1, 2, 3 … without gaps. The only order there is. */
  readonly seq: number;
  readonly author: { readonly kind: AuthorKind; readonly name: string | null };
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** When it was stored. For display; decides nothing. */
  readonly at: Timestamp;
  /** Whether the author's identity was vouched for when it was sent. */
  readonly verified: boolean;
}

// ---- REST ----------------------------------------------------------------------------------------------------------

export type SignedIdentities = "accept" | "reject" | "require";

/**
 * What becomes of a visitor's conversation when the visitor signs in: the messenger asks, it becomes the customer's at
 * once, or it stays behind.
 */
export type StepUp = "ask" | "always" | "never";

export interface Appearance {
  readonly title: string;
  /** CSS hexadecimal colour, `#rrggbb`. */
  readonly accent: string;
  readonly position: "left" | "right";
  readonly theme: "auto" | "light" | "dark";
  /** BCP 47 tag, or `auto` for the browser's language. */
  readonly locale: string;
}

/** `GET /deployments/{id}`; also embedded in the frame page. */
export interface DeploymentInfo {
  readonly id: string;
  readonly name: string;
  readonly signedIdentities: SignedIdentities;
  readonly signIn: {
    readonly required: boolean;
    /** `oidc`: the messenger's own “Sign in” button works, through a pop-up of the companion. */
    readonly methods: readonly ("contactJwt" | "platformJwt" | "oidc")[];
    /** What becomes of a visitor's conversation. */
    readonly stepUp: StepUp;
  };
  readonly appearance: Appearance;
  readonly locales: readonly string[];
  readonly limits: {
    readonly messageCharacters: number;
    readonly messageBytes: number;
    readonly messagesPerSecond: number;
    readonly messageBurst: number;
    readonly attachmentBytes: number;
    /** 0: messages carry none. */
    readonly attachmentsPerMessage: number;
  };
}

/** What the frame page carries in `#vouch-deployment`, so that the engine starts without a request. */
export interface FrameBootstrap {
  readonly deployment: DeploymentInfo;
  /** Patterns of `origins.ts`: who may take part in the bridge's handshake. */
  readonly allowedOrigins: readonly string[];
}

export type IdentityAssertion =
  | { readonly type: "contactJwt"; readonly token: string }
  | { readonly type: "platformJwt"; readonly token: string }
  /** OpenID Connect Core 1.0, section 3.1: a code that the page got, with what it was asked for with. */
  | {
      readonly type: "oidcCode";
      readonly code: string;
      readonly redirectUri: string;
      readonly codeVerifier?: string;
      readonly nonce?: string;
      readonly maxAgeSeconds?: number | undefined;
      /** Issuer of the authorization response (RFC 9207). */
      readonly iss?: string;
    }
  | { readonly type: "idToken"; readonly token: string; readonly nonce?: string }
  /** What the companion's own sign-in pop-up handed to the frame; opaque, good once. */
  | { readonly type: "signInTicket"; readonly ticket: string }
  | { readonly type: "anonymous" };

/** Positions in a conversation, each a `seq`, 0 where there is none; `delivered ≥ read`. */
export interface Receipts {
  readonly delivered: number;
  readonly read: number;
}

export interface ConversationState {
  readonly id: string;
  readonly lastSeq: number;
  /** How far the customer has read. */
  readonly readSeq: number;
  /** How far the agents have received and read. */
  readonly agent: Receipts;
}

/** `GET /session`. */
export interface SessionState {
  readonly id: string;
  /** The nearer of idle and absolute expiry. */
  readonly expiresAt: Timestamp;
  readonly absoluteExpiresAt: Timestamp;
  readonly contact: Contact;
  readonly conversation: ConversationState;
  /** The server holds a refresh token: `POST /session/renew` without an identity renews it. */
  readonly silentRenewal: boolean;
}

/** A row of `GET /sessions`: where a customer is signed in. */
export interface SessionSummary {
  readonly id: string;
  /** `Chrome on Windows`. */
  readonly device: string;
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp;
  /** The session that asks. */
  readonly current: boolean;
}

/** `POST /sessions` and `POST /session/renew`. */
export interface OpenedSession extends SessionState {
  readonly sessionToken: string;
  /** Attributes of the token that were dropped, and why (`attribute_invalid`). */
  readonly warnings?: readonly { readonly code: ProblemCode; readonly detail: string }[];
}

export interface MessagePage {
  /** In ascending `seq`. */
  readonly messages: readonly Message[];
  readonly lastSeq: number;
}

export interface MessageReceipt {
  readonly id: string;
  readonly seq: number;
  readonly at: Timestamp;
}

/**
 * Where a conversation stands with those who answer it.
 *
 * - `open`: theirs to answer. Every conversation begins so.
 * - `waiting`: an agent put it aside until the customer writes.
 * - `closed`: an agent took it for done.
 *
 * Agents move it from any state to any other. A message of the customer makes it `open`, in the commit that stores the message;
 * messages of agents and of the system leave it where it is. Where an agent closes it, or opens a closed one again, a message of
 * the system says so, in the commit that does it; a customer's message that opens it speaks for itself.
 */
export type ConversationStatus = "open" | "waiting" | "closed";

/** Somebody at an agent desk; who is at two desks is there twice. */
export interface DeskAgent {
  readonly name: string;
}

/** One row of the agents' list; `GET /agent/conversations/{id}` answers with the same shape. */
export interface AgentConversation {
  readonly id: string;
  readonly state: ConversationStatus;
  readonly assignee: string | null;
  readonly preview: boolean;
  readonly communityId: string;
  readonly deploymentId: string;
  readonly contact: Contact;
  readonly lastSeq: number;
  readonly lastMessage: Message | null;
  readonly agent: Receipts;
  readonly customer: Receipts;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

export interface AgentConversationPage {
  /** Most recently active first. */
  readonly conversations: readonly AgentConversation[];
  /** Pass back as `cursor` for the next page; null at the end. */
  readonly cursor: string | null;
}

// ---- WebSocket, customer -------------------------------------------------------------------------------------------

export type ClientFrame =
  /**
   * `atMost`: who has missed more messages than that after `afterSeq` is sent none of them, only what comes from now on, and
   * reads the rest over HTTP as far as somebody looks at it. Absent: all are sent.
   *
   * `delivered`: the client sends `delivered` frames. Absent: what is written to its socket counts as delivered.
   */
  | {
      readonly t: "auth";
      readonly token: string;
      readonly afterSeq?: number;
      readonly atMost?: number;
      readonly delivered?: true;
    }
  | {
      readonly t: "send";
      readonly id: string;
      readonly text: string;
      readonly attachments?: readonly string[];
    }
  /** Everything up to `seq` has arrived here, and is shown once the customer looks. */
  | { readonly t: "delivered"; readonly seq: number }
  | { readonly t: "read"; readonly seq: number }
  | { readonly t: "typing"; readonly on: boolean }
  | { readonly t: "ping" };

export type ReceiptKind = "delivered" | "read";

export type ServerFrame =
  | {
      readonly t: "ready";
      readonly conversationId: string;
      readonly lastSeq: number;
      readonly readSeq: number;
      readonly agent: Receipts;
      readonly heartbeatMs: number;
    }
  | { readonly t: "message"; readonly conversationId: string; readonly message: Message }
  | ({ readonly t: "ack" } & MessageReceipt)
  | {
      readonly t: "refused";
      readonly id?: string;
      readonly code: ProblemCode;
      readonly detail: string;
      readonly retryAfterMs?: number;
    }
  | {
      readonly t: "receipt";
      readonly conversationId: string;
      readonly by: "agent" | "contact";
      readonly kind: ReceiptKind;
      readonly seq: number;
    }
  | {
      readonly t: "typing";
      readonly conversationId: string;
      readonly by: "agent" | "contact";
      readonly name: string | null;
      readonly on: boolean;
    }
  | {
      readonly t: "session";
      readonly state: "expiring" | "expired" | "revoked";
      readonly expiresAt: Timestamp;
    }
  /** Whether an agent is at a desk: after `ready`, and when it changes. */
  | { readonly t: "presence"; readonly online: boolean }
  /** After `ready`, and when it changes. */
  | { readonly t: "state"; readonly conversationId: string; readonly state: ConversationStatus }
  | { readonly t: "pong" }
  /**
   * Come back in so many milliseconds, here or to another node: before the close code 1012 of a node that stops, and before the
   * 1013 of one that is full, which sends no `ready`.
   */
  | { readonly t: "draining"; readonly reconnectInMs: number };

// ---- WebSocket, agent ----------------------------------------------------------------------------------------------

export type AgentClientFrame =
  /** `delivered`: as a customer's. */
  | { readonly t: "auth"; readonly token: string; readonly delivered?: true }
  | {
      readonly t: "send";
      readonly conversationId: string;
      readonly id: string;
      readonly text: string;
      readonly attachments?: readonly string[];
    }
  | { readonly t: "delivered"; readonly conversationId: string; readonly seq: number }
  | { readonly t: "read"; readonly conversationId: string; readonly seq: number }
  | { readonly t: "typing"; readonly conversationId: string; readonly on: boolean }
  | { readonly t: "ping" };

export type AgentServerFrame =
  | { readonly t: "ready"; readonly agent: { readonly name: string }; readonly heartbeatMs: number }
  | Extract<ServerFrame, { t: "message" | "receipt" | "typing" | "pong" | "draining" }>
  /** Who is at the desks of all nodes, whoever is told included: after `ready`, and when it changes. */
  | { readonly t: "presence"; readonly agents: readonly DeskAgent[] }
  /** An agent moved the conversation into another state, or gave it to somebody. */
  | {
      readonly t: "changed";
      readonly conversationId: string;
      readonly state: ConversationStatus;
      readonly assignee: string | null;
    }
  /** Its messages stand in the conversation `to` now: a visitor who had one already signed in. */
  | { readonly t: "moved"; readonly conversationId: string; readonly to: string }
  | ({ readonly t: "ack"; readonly conversationId: string } & MessageReceipt)
  | {
      readonly t: "refused";
      readonly conversationId?: string;
      readonly id?: string;
      readonly code: ProblemCode;
      readonly detail: string;
      readonly retryAfterMs?: number;
    };

/** Close codes beside those of `problems.ts`. */
export const closeCodes = {
  badFrame: 4400,
  notAuthenticated: 4401,
  notAllowed: 4403,
  authTimeout: 4408,
  replaced: 4409,
  tooLarge: 4413,
  tooFast: 4429,
  restart: 1012,
  tryLater: 1013,
} as const;
