/**
 * The stored messages that are known here: one dense run around the newest. Pure.
 *
 * Every message with `floor < seq ≤ last` is in `messages`, ascending, once. Opening a conversation knows its end and
 * nothing else (`floor = last`); history lowers `floor`, what is written raises `last`.
 */

import type { Message } from "../../../shared/protocol.ts";

export interface MessageWindow {
  readonly floor: number;
  readonly last: number;
  readonly messages: readonly Message[];
}

export const openWindow = (lastSeq: number): MessageWindow => ({
  floor: lastSeq,
  last: lastSeq,
  messages: [],
});

/** @param page messages without a gap among them, ascending, that reach or overlap the window; known ones are left out */
export function withMessages(
  { floor, last, messages }: MessageWindow,
  page: readonly Message[],
): MessageWindow {
  const older = page.filter(({ seq }) => seq <= floor);
  const newer = page.filter(({ seq }) => seq > last);
  return {
    floor: older[0] ? older[0].seq - 1 : floor,
    last: newer.at(-1)?.seq ?? last,
    messages: [...older, ...messages, ...newer],
  };
}
