import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Feed } from "./feed.ts";
import { conversation, message, settle, upTo } from "./feed-fixtures.ts";

/** What can happen to a reader, in any order. */
type Happening =
  | { readonly what: "stored"; readonly told: boolean }
  | { readonly what: "toldAgain"; readonly back: number }
  | { readonly what: "reached"; readonly back: number }
  | { readonly what: "readAnswered" }
  | { readonly what: "readFailed" }
  | { readonly what: "congested" }
  | { readonly what: "drained" };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant("stored" as const), told: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("toldAgain" as const), back: fc.nat(8) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("reached" as const), back: fc.nat(8) }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Happening>(
      { what: "readAnswered" },
      { what: "readFailed" },
      { what: "congested" },
      { what: "drained" },
    ),
  },
);

describe("Whatever the bus drops, repeats and delays, and however slow the store is", () => {
  it("a feed passes on exactly what comes after its start, in order, with one read at a time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(130),
        fc.nat(260),
        fc.boolean(),
        fc.boolean(),
        fc.array(happening, { maxLength: 60 }),
        async (afterSeq, more, saysLastSeq, endIsLookedUp, happenings) => {
          const store = conversation(afterSeq + more);
          const seen: number[] = [];
          let ready = true;
          let reading = 0;
          let answer: ((works: boolean) => void) | null = null;
          const feed = new Feed({
            afterSeq,
            ...(saysLastSeq && { lastSeq: store.stored }),
            reader: {
              read: async (after, limit) => {
                reading += 1;
                expect(reading).toBe(1);
                // The store looks when it is asked; its answer may take long.
                const page = await store.read(after, limit);
                const works = await new Promise<boolean>((resolve) => {
                  answer = resolve;
                });
                reading -= 1;
                if (!works) throw new Error("disk");
                return page;
              },
              emit: ({ seq }) => {
                expect(ready).toBe(true);
                seen.push(seq);
              },
              ready: () => ready,
            },
          });

          const finishRead = async (works: boolean): Promise<void> => {
            await settle();
            const waiting = answer;
            answer = null;
            waiting?.(works);
            await settle();
          };
          for (const event of happenings) {
            if (event.what === "stored") {
              store.stored += 1;
              if (event.told) feed.offer(message(store.stored));
            } else if (event.what === "toldAgain") {
              const seq = store.stored - event.back;
              if (seq > 0) feed.offer(message(seq));
            } else if (event.what === "reached") feed.reach(Math.max(0, store.stored - event.back));
            else if (event.what === "readAnswered") await finishRead(true);
            else if (event.what === "readFailed") await finishRead(false);
            else {
              ready = event.what === "drained";
              if (ready) feed.resume();
            }
            expect(seen).toEqual(upTo(afterSeq + seen.length, afterSeq + 1));
          }

          ready = true;
          feed.resume();
          store.stored += 1;
          if (endIsLookedUp) feed.reach(store.stored);
          else feed.offer(message(store.stored));
          while (seen.length < store.stored - afterSeq) {
            const before = seen.length;
            await finishRead(true);
            if (seen.length === before && answer === null) break;
          }
          expect(seen).toEqual(upTo(store.stored, afterSeq + 1));
        },
      ),
      { numRuns: 400 },
    );
  });
});
