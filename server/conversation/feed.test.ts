import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../shared/protocol.ts";
import { createFeed, type Feed, type FeedOptions } from "./feed.ts";

const message = (seq: number): Message => ({
  id: `id-${seq}`,
  seq,
  author: { kind: "agent", name: null },
  text: `text ${seq}`,
  attachments: [],
  at: "2026-11-21T09:30:00.000Z",
  verified: true,
});

const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

/** A conversation in which `stored` messages are durable. */
function conversation(stored: number) {
  return {
    stored,
    reads: 0,
    async read(after: number, limit: number): Promise<readonly Message[]> {
      this.reads += 1;
      return upTo(Math.min(this.stored, after + limit), after + 1).map(message);
    },
  };
}

function reader(store: Pick<FeedOptions, "read">, options: Partial<FeedOptions> = {}) {
  const seen: number[] = [];
  const feed = createFeed({
    afterSeq: 0,
    read: (after, limit) => store.read(after, limit),
    emit: ({ seq }) => seen.push(seq),
    ready: () => true,
    ...options,
  });
  return { seen, feed };
}

/** Lets every promise that can settle do so. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

describe("A feed", () => {
  it("passes the next live message on at once, without asking the store", () => {
    const store = conversation(0);
    const { seen, feed } = reader(store, { lastSeq: 0 });
    feed.offer(message(1));
    feed.offer(message(2));
    expect(seen).toEqual([1, 2]);
    expect(store.reads).toBe(0);
  });

  it("reads what is behind the reader in pages of 100", async () => {
    const limits: number[] = [];
    const store = conversation(250);
    const { seen } = reader(store, {
      read: (after, limit) => {
        limits.push(limit);
        return store.read(after, limit);
      },
    });
    await settle();
    expect(seen).toEqual(upTo(250));
    expect(limits).toEqual([100, 100, 100]);
  });

  it("reads a gap from the store and passes nothing on before it", async () => {
    const store = conversation(5);
    const { seen, feed } = reader(store, { afterSeq: 2, lastSeq: 2 });
    feed.offer(message(5));
    expect(seen).toEqual([]);
    await settle();
    expect(seen).toEqual([3, 4, 5]);
  });

  it("ignores what the reader has", async () => {
    const store = conversation(3);
    const { seen, feed } = reader(store, { afterSeq: 3, lastSeq: 3 });
    feed.offer(message(2));
    feed.offer(message(3));
    await settle();
    expect(seen).toEqual([]);
    expect(store.reads).toBe(0);
  });

  it("waits while the reader is congested and goes on where it stopped", async () => {
    let room = 3;
    const store = conversation(150);
    const seen: number[] = [];
    const { feed } = reader(store, {
      ready: () => room > 0,
      emit: ({ seq }) => {
        room -= 1;
        seen.push(seq);
      },
    });
    await settle();
    expect(seen).toEqual([1, 2, 3]);
    room = 1000;
    feed.resume();
    await settle();
    expect(seen).toEqual(upTo(150));
  });

  it("passes nothing on after it was closed, not even what it was reading", async () => {
    const store = conversation(5);
    const { seen, feed } = reader(store);
    feed.close();
    await settle();
    feed.offer(message(1));
    feed.resume();
    await settle();
    expect(seen).toEqual([]);
  });

  it("stops in the middle of a page where passing a message on closes it", async () => {
    const seen: number[] = [];
    const { feed } = reader(conversation(5), {
      emit: ({ seq }) => {
        seen.push(seq);
        if (seq === 2) feed.close();
      },
    });
    await settle();
    expect(seen).toEqual([1, 2]);
  });

  it("says that the store failed, and tries again with the next message", async () => {
    const store = conversation(3);
    const failures: unknown[] = [];
    let broken = true;
    const { seen, feed } = reader(store, {
      read: (after, limit) => (broken ? Promise.reject(new Error("disk")) : store.read(after, limit)),
      failed: (error) => failures.push(error),
    });
    await settle();
    expect(failures).toHaveLength(1);
    broken = false;
    feed.offer(message(3));
    await settle();
    expect(seen).toEqual([1, 2, 3]);
  });

  it("does not ask again and again for a message that the store does not have", async () => {
    const store = conversation(1);
    const { seen, feed } = reader(store, { lastSeq: 1, afterSeq: 1 });
    feed.offer(message(9));
    await settle();
    expect(seen).toEqual([]);
    expect(store.reads).toBe(1);
  });
});

/** What can happen to a reader, in any order. */
type Happening =
  | { readonly what: "stored"; readonly told: boolean }
  | { readonly what: "toldAgain"; readonly back: number }
  | { readonly what: "readAnswered" }
  | { readonly what: "readFailed" }
  | { readonly what: "congested" }
  | { readonly what: "drained" };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant("stored" as const), told: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("toldAgain" as const), back: fc.nat(8) }) },
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
        fc.array(happening, { maxLength: 60 }),
        async (afterSeq, more, saysLastSeq, happenings) => {
          const store = conversation(afterSeq + more);
          const seen: number[] = [];
          let ready = true;
          let reading = 0;
          let answer: ((works: boolean) => void) | null = null;
          const feed: Feed = createFeed({
            afterSeq,
            ...(saysLastSeq && { lastSeq: store.stored }),
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
            } else if (event.what === "readAnswered") await finishRead(true);
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
          feed.offer(message(store.stored));
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
