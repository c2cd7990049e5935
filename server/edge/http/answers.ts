/** The shapes of answers, for `/openapi.json`; the compiler holds each to its type in `shared/protocol.ts`. */

import * as v from "valibot";
import type {
  AgentConversation,
  AgentConversationPage,
  Attachment,
  Contact,
  DeploymentInfo,
  Message,
  MessagePage,
  MessageReceipt,
  OpenedSession,
  SessionState,
  SessionSummary,
} from "../../../shared/protocol.ts";

type Shape<T> = v.GenericSchema<unknown, T>;

export const timestamp = v.pipe(v.string(), v.isoTimestamp());
const uuid = v.pipe(v.string(), v.uuid());
const seq = v.pipe(v.number(), v.integer(), v.minValue(0));
const receipts = v.object({ delivered: seq, read: seq });

export const contact = v.object({
  id: v.string(),
  platformKey: v.string(),
  name: v.nullable(v.string()),
  verified: v.boolean(),
  fields: v.record(
    v.string(),
    v.object({
      value: v.string(),
      source: v.picklist(["token", "visitor"]),
      claim: v.exactOptional(v.string()),
      updatedAt: timestamp,
    }),
  ),
}) satisfies Shape<Contact>;

export const attachment = v.object({
  id: uuid,
  name: v.string(),
  type: v.string(),
  size: v.number(),
  width: v.exactOptional(v.number()),
  height: v.exactOptional(v.number()),
}) satisfies Shape<Attachment>;

export const message = v.object({
  id: uuid,
  seq,
  author: v.object({ kind: v.picklist(["contact", "agent", "system"]), name: v.nullable(v.string()) }),
  text: v.string(),
  attachments: v.array(attachment),
  at: timestamp,
  verified: v.boolean(),
}) satisfies Shape<Message>;

const sessionMembers = {
  id: v.string(),
  expiresAt: timestamp,
  absoluteExpiresAt: timestamp,
  contact,
  conversation: v.object({ id: v.string(), lastSeq: seq, readSeq: seq, agent: receipts }),
  silentRenewal: v.boolean(),
};

export const sessionState = v.object(sessionMembers) satisfies Shape<SessionState>;

export const openedSession = v.object({
  ...sessionMembers,
  sessionToken: v.string(),
  warnings: v.exactOptional(v.array(v.object({ code: v.literal("attribute_invalid"), detail: v.string() }))),
}) satisfies Shape<OpenedSession>;

export const endedAtProvider = v.object({ endSessionUrl: v.nullable(v.string()) });

export const sessionList = v.object({
  sessions: v.array(
    v.object({
      id: v.string(),
      device: v.string(),
      createdAt: timestamp,
      expiresAt: timestamp,
      current: v.boolean(),
    }) satisfies Shape<SessionSummary>,
  ),
});

export const platformToken = v.object({
  accessToken: v.string(),
  tokenType: v.literal("platform_jwt"),
  expiresInSeconds: v.number(),
});

export const deploymentInfo = v.object({
  id: v.string(),
  name: v.string(),
  signedIdentities: v.picklist(["accept", "reject", "require"]),
  signIn: v.object({
    required: v.boolean(),
    methods: v.array(v.picklist(["contactJwt", "platformJwt", "oidc"])),
    stepUp: v.picklist(["ask", "always", "never"]),
  }),
  appearance: v.object({
    title: v.string(),
    accent: v.string(),
    position: v.picklist(["left", "right"]),
    theme: v.picklist(["auto", "light", "dark"]),
    locale: v.string(),
  }),
  locales: v.array(v.string()),
  limits: v.object({
    messageCharacters: v.number(),
    messageBytes: v.number(),
    messagesPerSecond: v.number(),
    messageBurst: v.number(),
    attachmentBytes: v.number(),
    attachmentsPerMessage: v.number(),
  }),
}) satisfies Shape<DeploymentInfo>;

export const messagePage = v.object({
  messages: v.array(message),
  lastSeq: seq,
}) satisfies Shape<MessagePage>;

export const messageReceipt = v.object({ id: uuid, seq, at: timestamp }) satisfies Shape<MessageReceipt>;

export const agentConversation = v.object({
  id: v.string(),
  state: v.picklist(["open", "waiting", "closed"]),
  assignee: v.nullable(v.string()),
  preview: v.boolean(),
  communityId: v.string(),
  deploymentId: v.string(),
  contact,
  lastSeq: seq,
  lastMessage: v.nullable(message),
  agent: receipts,
  customer: receipts,
  createdAt: timestamp,
  updatedAt: timestamp,
}) satisfies Shape<AgentConversation>;

export const agentConversationPage = v.object({
  conversations: v.array(agentConversation),
  cursor: v.nullable(v.string()),
}) satisfies Shape<AgentConversationPage>;

export const problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  code: v.string(),
  fix: v.string(),
  retryAfterSeconds: v.exactOptional(v.number()),
  faults: v.exactOptional(v.array(v.object({ path: v.string(), message: v.string() }))),
});
