/** Shapes that REST answers and WebSocket frames are made of. */

import type {
  Contact,
  ConversationState,
  Message,
  MessagePage,
  OpenedSession,
  Receipts,
  SessionState,
} from "../../../shared/protocol.ts";
import { isBoolean, isCount, isListOf, isShape, isText } from "./shape.ts";

export const isReceipts = isShape<Receipts>({ delivered: isCount, read: isCount });

export const isMessage = isShape<Message>({
  id: isText,
  seq: isCount,
  author: isShape<Message["author"]>({ kind: isText }),
  text: isText,
  attachments: Array.isArray,
  at: isText,
});

export const isMessagePage = isShape<MessagePage>({ messages: isListOf(isMessage), lastSeq: isCount });

const session = {
  expiresAt: isText,
  contact: isShape<Contact>({ id: isText, platformKey: isText, verified: isBoolean }),
  conversation: isShape<ConversationState>({
    id: isText,
    lastSeq: isCount,
    readSeq: isCount,
    agent: isReceipts,
  }),
};

export const isSession = isShape<SessionState>(session);
export const isOpenedSession = isShape<OpenedSession>({ ...session, sessionToken: isText });
