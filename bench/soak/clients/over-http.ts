/** What clients do with one request. Nothing here throws: an answer that did not come leaves everything open. */

import type { Reader } from "../history/observation.ts";
import { type MessageNumber, textOf } from "../message-number.ts";
import type { ConversationLog, WireMessage } from "./conversation-log.ts";

/** Whom to ask, and as whom. */
export interface Access {
  readonly url: string;
  readonly token: string;
}

const answerMs = 5000;

/** @returns status and body; null where no whole answer came */
export async function request(
  { url, token }: Access,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: unknown } | null> {
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(answerMs),
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Reads a page as a look of its own. @returns the last `seq` it got; null where the request failed */
export async function readPage(
  access: Access,
  log: ConversationLog,
  page: { readonly reader: Reader; readonly after: number; readonly path: string },
): Promise<number | null> {
  const { reader, after, path } = page;
  const look = log.look(reader, after);
  const answer = await request(access, `${path}/messages?after=${after}&limit=100`);
  if (answer?.status !== 200) return null;
  const { messages, lastSeq } = answer.body as { messages: WireMessage[]; lastSeq: number };
  log.see({ kind: "told", look, lastSeq, positions: null });
  for (const wire of messages) {
    const message = log.recognise(reader, wire);
    if (message !== null) log.see({ kind: "delivered", look, seq: wire.seq, message });
  }
  return messages.at(-1)?.seq ?? after;
}

/** Marks what has been read, and notes the confirmation where it comes. */
export async function markRead(
  access: Access,
  log: ConversationLog,
  mark: { readonly by: "contactRead" | "agentRead"; readonly seq: number; readonly path: string },
): Promise<void> {
  const { by: position, seq, path } = mark;
  log.see({ kind: "marking", position, seq });
  const answer = await request(access, `${path}/read`, { seq });
  if (answer?.status === 204) log.see({ kind: "marked", position, seq });
}

/** @returns whether it is stored now, as far as the answer tells */
export async function post(
  access: Access,
  log: ConversationLog,
  mail: { readonly message: MessageNumber; readonly path: string },
): Promise<boolean> {
  const { message, path } = mail;
  log.see({ kind: "sent", message });
  const answer = await request(access, `${path}/messages`, { id: log.idOf(message), text: textOf(message) });
  if (answer === null) return false;
  const { status, body } = answer;
  if (status === 201 || status === 200) {
    log.acknowledged(message, (body as { seq: number }).seq);
    return true;
  }
  const retryable = status === 429 || status >= 500;
  log.see({ kind: "refused", message, code: (body as { code: string }).code, retryable });
  return !retryable;
}
