/** Shapes that both REST answers and WebSocket frames are made of. */

import type {
  Attachment,
  Contact,
  ConversationState,
  Message,
  MessagePage,
  OpenedSession,
  Receipts,
  SessionState,
} from "../../../shared/protocol.ts";
import { isBoolean, isCount, isListOf, isOneOf, isRecord, isShape, isText, isTextOrNull } from "./shape.ts";

export const isReceipts = isShape<Receipts>({ delivered: isCount, read: isCount });

const isAttachment = isShape<Attachment>({ id: isText, name: isText, type: isText, size: isCount });

export const isMessage = isShape<Message>({
  id: isText,
  seq: isCount,
  author: isShape<Message["author"]>({ kind: isOneOf("contact", "agent", "system"), name: isTextOrNull }),
  text: isText,
  attachments: isListOf(isAttachment),
  at: isText,
  verified: isBoolean,
});

export const isMessagePage = isShape<MessagePage>({ messages: isListOf(isMessage), lastSeq: isCount });

const session = {
  expiresAt: isText,
  absoluteExpiresAt: isText,
  contact: isShape<Contact>({
    id: isText,
    platformKey: isText,
    name: isTextOrNull,
    verified: isBoolean,
    // Shown to agents only: the messenger never looks inside.
    fields: (value): value is Contact["fields"] => isRecord(value),
  }),
  conversation: isShape<ConversationState>({
    id: isText,
    lastSeq: isCount,
    readSeq: isCount,
    agent: isReceipts,
  }),
};

export const isSession = isShape<SessionState>(session);
export const isOpenedSession = isShape<Omit<OpenedSession, "warnings">>({ ...session, sessionToken: isText });
