/** `unknown` from storage, which another version of this file may have written, parsed into words. */

import { uuidPattern } from "../../../shared/ids.ts";
import type { Attachment } from "../../../shared/protocol.ts";
import type { OutboxItem } from "./courier.ts";

/** What is not of the form is left out. */
export function readWords(value: unknown): readonly OutboxItem[] {
  const items: unknown[] = Array.isArray(value) ? value : [];
  return items.flatMap((item) => readItem(Object(item)) ?? []);
}

function readItem({ id, text, attachments, writtenAt, status, code, retryable }: Record<string, unknown>) {
  if (typeof id !== "string" || !uuidPattern.test(id)) return null;
  if (typeof text !== "string" || typeof writtenAt !== "number") return null;
  if (status !== "sending" && status !== "failed") return null;
  return {
    kind: "pending",
    id,
    text,
    ...(isAttachments(attachments) && { attachments }),
    writtenAt,
    status,
    // Shown to the customer by a table that knows every code, and those that it does not know as one.
    code: typeof code === "string" ? (code as OutboxItem["code"]) : null,
    retryable: retryable === true,
  } satisfies OutboxItem;
}

/** The server knows best what they are: their ids alone are sent to it. */
const isAttachments = (value: unknown): value is readonly Attachment[] =>
  Array.isArray(value) &&
  value.every((attachment: unknown) => {
    const { id, name, type, size }: Record<string, unknown> = Object(attachment);
    return [id, name, type].every((text) => typeof text === "string") && typeof size === "number";
  });
