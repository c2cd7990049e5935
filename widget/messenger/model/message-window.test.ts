import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message, MessagePage } from "../../../shared/protocol.ts";
import {
  hasGap,
  type MessageWindow,
  openWindow,
  withMessage,
  withNewerPage,
  withOlderPage,
} from "./message-window.ts";

const message = (seq: number): Message => ({
  id: `message-${seq}`,
  seq,
  author: { kind: "agent", name: null },
  text: String(seq),
  attachments: [],
  at: "2026-11-21T09:30:00.000Z",
  verified: true,
});

/** What the server answers while it has `stored` messages. */
function page(stored: number, side: "before" | "after", seq: number, limit: number): MessagePage {
  const all = Array.from({ length: stored }, (_, index) => message(index + 1));
  const messages =
    side === "after"
      ? all.filter((item) => item.seq > seq).slice(0, limit)
      : all.filter((item) => item.seq < seq).slice(-limit);
  return { messages, lastSeq: stored };
}

const seqs = (window: MessageWindow): number[] => window.messages.map(({ seq }) => seq);

describe("the window on a conversation", () => {
  test("opens at the end, and history fills it backwards", () => {
    let window = openWindow(7);
    window = withOlderPage(window, { limit: 3 }, page(7, "before", 8, 3));
    expect([seqs(window), window.floor]).toEqual([[5, 6, 7], 4]);
    window = withOlderPage(window, { limit: 10 }, page(7, "before", 5, 10));
    expect([seqs(window), window.floor]).toEqual([[1, 2, 3, 4, 5, 6, 7], 0]);
  });

  test("holds back what comes after a gap until the gap is closed", () => {
    let window = withMessage(withMessage(openWindow(0), message(2)), message(3));
    expect([seqs(window), hasGap(window)]).toEqual([[], true]);
    window = withMessage(window, message(1));
    expect([seqs(window), hasGap(window)]).toEqual([[1, 2, 3], false]);
  });

  test("is the same window where a message is known", () => {
    const window = withMessage(openWindow(0), message(1));
    expect(withMessage(window, message(1))).toBe(window);
  });

  test("closes a gap from a page that live messages overlap", () => {
    let window = withMessage(withMessage(openWindow(2), message(5)), message(6));
    window = withNewerPage(window, page(5, "after", 2, 100));
    expect([seqs(window), window.last]).toEqual([[3, 4, 5, 6], 6]);
  });

  test("skips what retention took from a gap, and nothing that was stored while the page was read", () => {
    const gap = withMessage(openWindow(2), message(9));
    const window = withNewerPage(gap, { messages: [message(8)], lastSeq: 12 });
    expect([seqs(window), window.last, hasGap(window)]).toEqual([[8, 9], 9, false]);
  });

  test("is dense, sorted and without doubles, in whatever order things arrive", () => {
    const arrival = fc.oneof(
      fc.record({ kind: fc.constant("live" as const), seq: fc.integer({ min: 1, max: 30 }) }),
      fc.record({
        kind: fc.constant("newer" as const),
        lag: fc.nat(6),
        limit: fc.integer({ min: 1, max: 8 }),
      }),
      fc.record({ kind: fc.constant("older" as const), limit: fc.integer({ min: 1, max: 8 }) }),
    );
    fc.assert(
      fc.property(fc.nat(20), fc.array(arrival, { maxLength: 40 }), (openedAt, arrivals) => {
        let window = openWindow(openedAt);
        for (const step of arrivals) {
          if (step.kind === "live") window = withMessage(window, message(step.seq));
          else if (step.kind === "older")
            window = withOlderPage(window, step, page(30, "before", window.floor + 1, step.limit));
          else {
            // The page was asked for a while ago: live messages have moved on since.
            const seq = Math.max(openedAt, window.last - step.lag);
            window = withNewerPage(window, page(30, "after", seq, step.limit));
          }
          const expected = Array.from(
            { length: window.last - window.floor },
            (_, index) => window.floor + 1 + index,
          );
          expect(seqs(window)).toEqual(expected);
          expect([...window.ahead.keys()].every((seq) => seq > window.last + 1)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
