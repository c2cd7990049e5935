import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createCourier, type OutboxItem } from "./courier.ts";
import { indexedDbWords, wipeAllWords, wipeForgottenWords } from "./indexed-db.ts";
import type { WordStore } from "./words.ts";

const owner = "acme-web:ada";
let now = Date.parse("2026-11-21T09:30:00.000Z");
const words = indexedDbWords({ now: () => now });

/** What a courier writes. */
function item(text: string): OutboxItem {
  const courier = createCourier(
    { after: () => () => {}, clock: { now: () => now }, uuid: () => crypto.randomUUID() },
    () => false,
  );
  courier.write(text);
  const [written] = courier.outbox.peek();
  if (!written) throw new Error("Nothing was written.");
  return written;
}

const add = (store: WordStore, text: string) => store.change((kept) => [...kept, item(text)]);
const texts = async (store: WordStore) => (await store.change((kept) => kept)).map(({ text }) => text);
const names = async () => (await indexedDB.databases()).map(({ name }) => name);

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  now = Date.parse("2026-11-21T09:30:00.000Z");
});

describe("words in IndexedDB", () => {
  test("outlive the store that wrote them, whole and in order", async () => {
    const store = words.open(owner);
    const [one, two] = [item("One"), item("Two")];
    await store.change(() => [one, two]);
    store.close();
    expect(await words.open(owner).change((kept) => kept)).toEqual([one, two]);
  });

  test("of one owner are no other's", async () => {
    await add(words.open(owner), "One");
    expect(await texts(words.open("acme-web:bob"))).toEqual([]);
    expect(await texts(words.open("acme-lobby:ada"))).toEqual([]);
  });

  test("say whether a list is kept: an empty one too, and none where storage was cleared", async () => {
    const opened = vi.spyOn(indexedDB, "open");
    const store = words.open(owner);
    const seen: boolean[] = [];
    const look = () =>
      store.change((kept, isNew) => {
        seen.push(isNew);
        return kept;
      });
    await add(store, "One");
    await look();
    await store.change(() => []);
    await look();
    expect(seen).toEqual([false, false]);
    // As browsers do it: connections are ended, and nobody is asked.
    vi.stubGlobal("indexedDB", new IDBFactory());
    for (const { value } of opened.mock.results) value.result?.onclose?.(new Event("close"));
    await look();
    expect(seen.at(-1)).toBe(true);
  });

  test("leave no database behind where there were none", async () => {
    const store = words.open(owner);
    expect(await texts(store)).toEqual([]);
    expect(await names()).toEqual([]);
  });

  test("of two tabs that write at once are all kept", async () => {
    const [one, other] = [words.open(owner), words.open(owner)];
    await Promise.all(
      Array.from({ length: 20 }, (_, count) => add(count % 2 ? one : other, `text ${count}`)),
    );
    expect((await texts(one)).toSorted()).toEqual(
      Array.from({ length: 20 }, (_, count) => `text ${count}`).toSorted(),
    );
  });

  test("that are being written when the store is closed are kept", async () => {
    const store = words.open(owner);
    await add(store, "One");
    const writing = add(store, "Two");
    store.close();
    await writing;
    expect(await texts(words.open(owner))).toEqual(["One", "Two"]);
  });

  test("that somebody else has written into the database are read as far as they are words", async () => {
    const store = words.open(owner);
    const one = item("One");
    const strange = [null, 1, {}, { ...one, id: "1" }, { ...one, text: 1 }, { ...one, status: "read" }, one];
    await store.change(() => strange as unknown as OutboxItem[]);
    expect(await texts(words.open(owner))).toEqual(["One"]);
  });
});

describe("a wipe", () => {
  test("takes all of the owner's words and the database with them, and nothing of others", async () => {
    await add(words.open(owner), "One");
    await add(words.open("acme-web:bob"), "Bob's");
    await words.wipe(owner);
    expect(await names()).toEqual(["vouch:outbox:acme-web:bob"]);
  });

  test("is final for every store that was open, and whoever signs in later begins anew", async () => {
    const [one, other] = [words.open(owner), words.open(owner)];
    await add(one, "One");
    await texts(other);
    await words.wipe(owner);
    expect([one.isWiped(), other.isWiped()]).toEqual([true, true]);
    await expect(add(other, "Two")).rejects.toThrow();
    expect(await names()).toEqual([]);
    const later = words.open(owner);
    await add(later, "Three");
    expect(await texts(later)).toEqual(["Three"]);
  });

  test.each([0, 1, 2, 3, 5, 8, 13])(
    "leaves nothing of what is being written, %i turns on its way",
    async (turns) => {
      const store = words.open(owner);
      const writing = Promise.allSettled([add(store, "One"), add(store, "Two")]);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve));
      await words.wipe(owner);
      await writing;
      await expect.poll(names).toEqual([]);
    },
  );

  test("by a tab of which only the database knows reaches the others", async () => {
    const store = words.open(owner);
    await add(store, "One");
    // As another frame does, which shares no memory with this one.
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(`vouch:outbox:${owner}`).onsuccess = resolve;
    });
    expect(store.isWiped()).toBe(true);
    await expect(add(store, "Two")).rejects.toThrow();
    expect(await names()).toEqual([]);
  });

  test("of a shared device takes everybody's", async () => {
    for (const id of ["ada", "bob"]) await add(words.open(`acme-web:${id}`), "One");
    await wipeAllWords();
    expect(await names()).toEqual([]);
  });

  test("takes the words of those who did not come back for thirty days", async () => {
    await add(words.open("acme-web:ada"), "One");
    now += 20 * 86_400_000;
    await add(words.open("acme-web:bob"), "One");
    now += 11 * 86_400_000;
    await wipeForgottenWords({ now: () => now });
    expect(await names()).toEqual(["vouch:outbox:acme-web:bob"]);
  });
});

test("where storage is blocked, writing fails and wiping does nothing", async () => {
  vi.stubGlobal("indexedDB", {
    open() {
      throw new DOMException("Denied.", "SecurityError");
    },
    deleteDatabase() {
      throw new DOMException("Denied.", "SecurityError");
    },
  });
  await expect(add(words.open(owner), "One")).rejects.toThrow("Denied.");
  await words.wipe(owner);
  await wipeAllWords();
  await wipeForgottenWords({ now: () => now });
});
