import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../../../shared/protocol.ts";
import { firstSeq, hasOlder, lastSeq, loadingThread, merged } from "./thread.ts";

const message = (seq: number): Message => ({
  id: `m${seq}`,
  seq,
  author: { kind: "contact", name: null },
  text: `Message ${seq}`,
  attachments: [],
  at: "2026-11-21T09:00:00.000Z",
  verified: true,
});
const seqs = (thread: { messages: readonly Message[] }) => thread.messages.map(({ seq }) => seq);

describe("a thread", () => {
  test("grows at both ends", () => {
    const middle = merged(loadingThread, [message(5), message(4)]);
    const grown = merged(merged(middle, [message(6)]), [message(2), message(3)]);
    expect([seqs(grown), firstSeq(grown), lastSeq(grown), hasOlder(grown)]).toEqual([
      [2, 3, 4, 5, 6],
      2,
      6,
      true,
    ]);
  });

  test("leaves out what would leave a gap, and what it has", () => {
    const thread = merged(loadingThread, [message(1), message(2)]);
    expect(merged(thread, [message(4)])).toBe(thread);
    expect(merged(thread, [message(2), message(1)])).toBe(thread);
  });

  test("is a run without gaps and doubles, whatever arrives in whatever order", () => {
    const arrivals = fc.array(fc.array(fc.integer({ min: 1, max: 12 }).map(message), { maxLength: 6 }));
    fc.assert(
      fc.property(arrivals, (pages) => {
        const thread = pages.reduce(merged, loadingThread);
        expect(seqs(thread)).toEqual(thread.messages.map((_, index) => firstSeq(thread) + index));
      }),
    );
  });
});
