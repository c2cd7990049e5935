import type { Limits } from "./limits.ts";

export type MessageFault = "message_empty" | "message_too_long";

/**
 * What is wrong with a message's text, or null. The text itself is kept as written: nothing is trimmed or normalized.
 * Empty means: nothing but white space, control and invisible format characters.
 */
export function messageFault(
  text: string,
  limits: Pick<Limits, "messageCharacters" | "messageBytes">,
): MessageFault | null {
  if (!/[^\s\p{Cc}\p{Cf}]/u.test(text)) return "message_empty";
  if (text.length > limits.messageCharacters && codePoints(text) > limits.messageCharacters)
    return "message_too_long";
  // A UTF-16 unit is at most three bytes of UTF-8, so short texts need no encoding to be sure.
  if (text.length * 3 > limits.messageBytes && new TextEncoder().encode(text).length > limits.messageBytes)
    return "message_too_long";
  return null;
}

export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
