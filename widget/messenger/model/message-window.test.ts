import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { written } from "../fixtures/conversation-stage.ts";
import { type MessageWindow, openWindow, withMessages } from "./message-window.ts";

/** The messages from one number to another, both included. */
const run = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => written(from + index, "agent"));

const seqs = (window: MessageWindow): number[] => window.messages.map(({ seq }) => seq);

describe("the window on a conversation", () => {
  test("opens at the end, and history fills it backwards", () => {
    const opened = openWindow(7);
    expect(opened).toEqual({ floor: 7, last: 7, messages: [] });
    const window = withMessages(opened, run(5, 7));
    expect([seqs(window), window.floor, window.last]).toEqual([[5, 6, 7], 4, 7]);
    const whole = withMessages(window, run(1, 4));
    expect([seqs(whole), whole.floor, whole.last]).toEqual([[1, 2, 3, 4, 5, 6, 7], 0, 7]);
  });

  test("grows at the end with what is written, before any history is there", () => {
    const window = withMessages(openWindow(7), run(8, 9));
    expect([seqs(window), window.floor, window.last]).toEqual([[8, 9], 7, 9]);
    expect(seqs(withMessages(window, run(6, 7)))).toEqual([6, 7, 8, 9]);
  });

  test("leaves the messages that it knows as they are", () => {
    const window = withMessages(openWindow(0), run(1, 3));
    const after = withMessages(window, run(2, 5));
    expect(seqs(after)).toEqual([1, 2, 3, 4, 5]);
    expect(after.messages.slice(0, 3).every((message, index) => message === window.messages[index])).toBe(
      true,
    );
  });

  test("is as it was after an empty page, or one of known messages", () => {
    const window = withMessages(openWindow(4), run(2, 6));
    expect(withMessages(window, [])).toEqual(window);
    expect(withMessages(window, run(3, 5))).toEqual(window);
  });

  test("is dense, sorted and without doubles, whatever pages reach or overlap it", () => {
    const page = fc.record({ from: fc.nat(1000), length: fc.nat(12) });
    fc.assert(
      fc.property(fc.nat(20), fc.array(page, { maxLength: 40 }), (openedAt, pages) => {
        let window = openWindow(openedAt);
        for (const { from, length } of pages) {
          // From one page in front of the window to just behind it: anything further would leave a gap.
          const lowest = Math.max(1, window.floor + 1 - length);
          const first = lowest + (from % (window.last + 2 - lowest));
          const before = window;
          window = withMessages(window, run(first, first + length - 1));
          expect(seqs(window)).toEqual(run(window.floor + 1, window.last).map(({ seq }) => seq));
          expect(window.floor).toBe(length ? Math.min(before.floor, first - 1) : before.floor);
          expect(window.last).toBe(Math.max(before.last, first + length - 1));
        }
      }),
      { numRuns: 500 },
    );
  });
});
