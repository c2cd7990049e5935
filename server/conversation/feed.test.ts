import { describe, expect, it } from "vitest";
import { Feed, type FeedOptions, type Reader } from "./feed.ts";
import { conversation, message, settle, upTo } from "./feed-fixtures.ts";

function reader(
  store: Pick<Reader, "read">,
  { afterSeq = 0, lastSeq, ...own }: Partial<Omit<FeedOptions, "reader"> & Reader> = {},
) {
  const seen: number[] = [];
  const feed = new Feed({
    afterSeq,
    ...(lastSeq !== undefined && { lastSeq }),
    reader: {
      read: (after, limit) => store.read(after, limit),
      emit: ({ seq }) => seen.push(seq),
      ready: () => true,
      ...own,
    },
  });
  return { seen, feed };
}

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

  it("goes on with what is left where what was old has been removed", async () => {
    const store = conversation(60);
    const { seen, feed } = reader(store, {
      read: async (after, limit) =>
        (await store.read(Math.max(after, 50), limit)).filter(({ seq }) => seq > 50),
    });
    await settle();
    expect(seen).toEqual(upTo(60, 51));
    feed.offer(message(61));
    expect(seen.at(-1)).toBe(61);
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
