/**
 * The stored messages that are known here: one dense run around the newest, whatever came first. Pure.
 *
 * Every message with `floor < seq ≤ last` is in `messages`, ascending, once. Opening a conversation knows its end and
 * nothing else (`floor = last`); history lowers `floor`, live messages raise `last`, and what arrives beyond a gap waits in
 * `ahead` until the gap is closed.
 */

import type { Message, MessagePage } from "../../../shared/protocol.ts";

export interface MessageWindow {
  readonly floor: number;
  readonly last: number;
  readonly messages: readonly Message[];
  readonly ahead: ReadonlyMap<number, Message>;
}

export const openWindow = (lastSeq: number): MessageWindow => ({
  floor: lastSeq,
  last: lastSeq,
  messages: [],
  ahead: new Map(),
});

export const hasGap = (window: MessageWindow): boolean => window.ahead.size > 0;

/** One message, live or acknowledged. Answers with the same window where it is known already. */
export function withMessage(window: MessageWindow, message: Message): MessageWindow {
  if (message.seq <= window.last || window.ahead.has(message.seq)) return window;
  return closed({ ...window, ahead: new Map(window.ahead).set(message.seq, message) });
}

/**
 * @param page what follows a `seq` that was `last` when it was asked for. It reaches as far as its own newest message: its
 * `lastSeq` may count one that was stored while the page was read.
 */
export function withNewerPage(window: MessageWindow, page: MessagePage): MessageWindow {
  const fresh = page.messages.filter(({ seq }) => seq > window.last);
  return closed({
    ...window,
    last: Math.max(window.last, page.messages.at(-1)?.seq ?? 0),
    messages: [...window.messages, ...fresh],
  });
}

/** @param page what comes before `floor + 1`; shorter than `limit`, it reaches the beginning */
export function withOlderPage(
  window: MessageWindow,
  { limit }: { readonly limit: number },
  page: MessagePage,
): MessageWindow {
  const older = page.messages.filter(({ seq }) => seq <= window.floor);
  const oldest = older[0];
  return {
    ...window,
    floor: page.messages.length < limit || !oldest ? 0 : oldest.seq - 1,
    messages: [...older, ...window.messages],
  };
}

/** Takes from `ahead` what now follows without a gap, and drops what a page brought meanwhile. */
function closed(window: MessageWindow): MessageWindow {
  const ahead = new Map([...window.ahead].filter(([seq]) => seq > window.last));
  const messages = [...window.messages];
  let last = window.last;
  for (let next = ahead.get(last + 1); next; next = ahead.get(last + 1)) {
    messages.push(next);
    ahead.delete(next.seq);
    last = next.seq;
  }
  return { ...window, last, messages, ahead };
}
