import { uuidPattern } from "../../shared/ids.ts";
import type { Limits } from "../../shared/limits.ts";
import { messageFault } from "../../shared/message.ts";
import { ProblemError } from "../../shared/problem-error.ts";

/**
 * Refuses what could not be stored exactly as written: U+0000, which PostgreSQL has no text for, and halves of surrogate
 * pairs, which UTF-8 has no bytes for. Throws `request_invalid`, `message_empty`, `message_too_long`.
 */
export function checkMessage(
  message: { readonly id: string; readonly text: string; readonly attachments?: readonly string[] },
  limits: Limits,
): void {
  if (!uuidPattern.test(message.id)) throw invalid("The message's id is not a UUID.");
  // An attachment may speak for itself.
  if (message.text === "" && message.attachments && message.attachments.length > 0) return;
  const fault = messageFault(message.text, limits);
  if (fault === "message_too_long") throw new ProblemError(fault, { detail: tooLong(limits) });
  if (fault) throw new ProblemError(fault);
  if (message.text.includes("\0")) throw invalid("The message's text contains the character U+0000.");
  if (!message.text.isWellFormed()) throw invalid("The message's text contains half of a surrogate pair.");
}

const invalid = (detail: string) => new ProblemError("request_invalid", { detail });

const tooLong = ({ messageCharacters, messageBytes }: Limits): string =>
  `The text is longer than ${messageCharacters} characters or ${messageBytes} bytes.`;
