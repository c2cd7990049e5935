import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { draft, hashOf, open, openFor, opening, signed, start, visitor } from "../contract/fixtures.ts";
import { takingOver } from "../contract/handover.suite.ts";
import { storeContract } from "../contract.suite.ts";
import type { Store } from "../store.ts";
import { stateNotices } from "../units/change-of-state.ts";
import { openSqliteStore } from "./open.ts";

storeContract("SQLite", () => openSqliteStore(":memory:"));

describe("A transaction that fails", () => {
  it("takes only itself along, and leaves no trace of the messages that it undid", async () => {
    const store = await openSqliteStore(":memory:");
    const { conversation } = await openFor(store, "ada");
    const key = { kid: "k", sealedJwk: "sealed", createdAt: start };
    await store.addPlatformKey(key, 0);
    await store.append(draft(conversation.id, { text: "before" }));
    const drafts = ["one", "two"].map((text) => draft(conversation.id, { text }));
    const results = await Promise.allSettled([
      ...drafts.map(store.append),
      // The kid is taken: SQLite refuses, and with it everything of this turn.
      store.addPlatformKey(key, start),
    ]);
    expect(results).toMatchObject([
      { status: "fulfilled", value: { repeated: false, message: { seq: 2 } } },
      { status: "fulfilled", value: { repeated: false, message: { seq: 3 } } },
      { status: "rejected", reason: { code: "unavailable" } },
    ]);
    const { messages } = await store.messages(conversation.id, { limit: 10 });
    expect(messages.map(({ text }) => text)).toEqual(["before", "one", "two"]);
    await store.close();
  });
});

describe("A handover that fails with its turn", () => {
  it("is done again by itself, with the messages that were not filed", async () => {
    const store = await openSqliteStore(":memory:");
    const ada = await openFor(store, "ada");
    const guest = await open(store, opening(visitor, { tokenHash: hashOf("v") }));
    const key = { kid: "k", sealedJwk: "sealed", createdAt: start };
    await store.addPlatformKey(key, 0);
    for (const { conversation } of [ada, guest])
      await store.append(draft(conversation.id, { text: "unfiled" }));
    const [opened] = await Promise.allSettled([
      store.openSession(takingOver("v")),
      store.addPlatformKey(key, start),
      store.append(draft(ada.conversation.id, { text: "same turn" })),
    ]);
    expect(opened).toMatchObject({ status: "fulfilled", value: { ok: true } });
    const { messages } = await store.messages(ada.conversation.id, { limit: 10 });
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(messages.filter(({ text }) => text === "unfiled")).toHaveLength(2);
    await store.close();
  });
});

describe("The SQLite store in a file", () => {
  let directory: string;
  let path: string;
  let store: Store;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "vouch-store-"));
    path = join(directory, "vouch.db");
    store = await openSqliteStore(path);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  /** What another process would find if this one were killed now. */
  function crashed(): string {
    const copy = join(directory, "crashed.db");
    for (const suffix of ["", "-wal"])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    return copy;
  }

  async function afterCrash<Result>(look: (found: Store) => Promise<Result>): Promise<Result> {
    const found = await openSqliteStore(crashed());
    try {
      return await look(found);
    } finally {
      await found.close();
    }
  }

  it("has everything that was acknowledged, without having been closed", async () => {
    const tokenHash = hashOf("token");
    const { conversation } = await open(store, opening(signed("ada"), { tokenHash }));
    const first = await store.append(draft(conversation.id, { text: "filed" }));
    await store.messages(conversation.id, { limit: 1 });
    const second = await store.append(draft(conversation.id, { text: "not filed" }));
    await afterCrash(async (found) => {
      expect((await found.findSession(tokenHash))?.conversation.lastSeq).toBe(2);
      const { messages } = await found.messages(conversation.id, { limit: 10 });
      expect(messages).toEqual([first, second].map((appended) => appended.ok && appended.message));
    });
  });

  it("goes on where it stopped: the next seq, repetitions, conflicts, a reopened conversation", async () => {
    const { conversation } = await openFor(store, "ada");
    await store.updateConversation(conversation.id, { state: "closed" }, start);
    const given = draft(conversation.id);
    await store.append(given);
    await afterCrash(async (found) => {
      expect(await found.append(given)).toMatchObject({ repeated: true, message: { seq: 1 } });
      expect(await found.append({ ...given, text: "other" })).toMatchObject({ code: "message_conflict" });
      expect(await found.append(draft(conversation.id))).toMatchObject({ message: { seq: 2 } });
      expect((await found.conversation(conversation.id))?.conversation).toMatchObject({
        state: "open",
        lastSeq: 2,
      });
    });
  });

  it("has each message once where it crashed between filing one conversation and the other", async () => {
    const [ada, bob] = [await openFor(store, "ada"), await openFor(store, "bob")];
    await Promise.all([
      store.append(draft(ada.conversation.id, { text: "Ada's" })),
      store.append(draft(bob.conversation.id, { text: "Bob's" })),
    ]);
    await store.messages(ada.conversation.id, { limit: 1 });
    await store.updateConversation(ada.conversation.id, { state: "closed" }, start);
    await afterCrash(async (found) => {
      const texts = async ({ conversation }: typeof ada) =>
        (await found.messages(conversation.id, { limit: 10 })).messages.map(({ text }) => text);
      expect([await texts(ada), await texts(bob)]).toEqual([["Ada's", stateNotices.closed], ["Bob's"]]);
      expect((await found.conversation(ada.conversation.id))?.conversation.state).toBe("closed");
    });
  });

  it("has each message once where it crashed after a visitor's conversation was joined to the customer's", async () => {
    const ada = await openFor(store, "ada");
    const guest = await open(store, opening(visitor, { tokenHash: hashOf("v") }));
    const other = await openFor(store, "bob");
    // An entry of the journal that outlives the handover, because nobody reads the third conversation.
    await Promise.all(
      [ada, guest, other].map(({ conversation }) =>
        store.append(draft(conversation.id, { text: "unfiled" })),
      ),
    );
    await store.openSession(takingOver("v"));
    await store.append(draft(ada.conversation.id, { text: "after" }));
    await afterCrash(async (found) => {
      const texts = async (id: string) =>
        (await found.messages(id, { limit: 10 })).messages.map(({ text }) => text);
      expect(await texts(ada.conversation.id)).toEqual(["unfiled", expect.any(String), "unfiled", "after"]);
      expect(await texts(guest.conversation.id)).toEqual([]);
      expect(await texts(other.conversation.id)).toEqual(["unfiled"]);
    });
  });

  it("files in the background what has gathered, and forgets the journal of it", async () => {
    const { conversation } = await openFor(store, "ada");
    const { conversation: other } = await openFor(store, "bob");
    await store.append(draft(conversation.id, { text: "early" }));
    for (let count = 0; count < 300; count++) await store.append(draft(other.id));
    const raw = new DatabaseSync(crashed());
    const count = (sql: string) => Number(raw.prepare(sql).get()?.count);
    expect(count("select count(*) as count from message where text = 'early'")).toBe(1);
    expect(count("select count(*) as count from message_journal")).toBeLessThan(300);
    raw.close();
    expect((await store.messages(other.id, { limit: 1 })).lastSeq).toBe(300);
    expect((await store.messages(other.id, { after: 0, limit: 100 })).messages).toHaveLength(100);
  });

  it("keeps up with more messages in one turn than may gather", async () => {
    const people = await Promise.all(["ada", "bob", "eve"].map((name) => openFor(store, name)));
    const ids = people.map(({ conversation }) => conversation.id);
    await Promise.all(
      Array.from({ length: 12_000 }, (_, index) => store.append(draft(ids[index % 3] ?? ""))),
    );
    for (const id of ids) expect((await store.messages(id, { limit: 1 })).lastSeq).toBe(4000);
    expect((await afterCrash((found) => found.messages(ids[2] ?? "", { limit: 1 }))).lastSeq).toBe(4000);
  });

  it("has empty journals after it was closed", async () => {
    const { conversation } = await openFor(store, "ada");
    await store.append(draft(conversation.id));
    await store.close();
    const raw = new DatabaseSync(path);
    expect(raw.prepare("select count(*) as count from message_journal").get()?.count).toBe(0);
    expect(raw.prepare("select count(*) as count from message").get()?.count).toBe(1);
    raw.close();
    store = await openSqliteStore(path);
  });

  it("is readable by its owner only", async () => {
    await openFor(store, "ada");
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("refuses a second process on the same file", () => {
    const script = `import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, "open.ts"))};
      await openSqliteStore(${JSON.stringify(path)}).catch((error) => console.log(error.code));`;
    const second = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(second.stdout.trim()).toBe("unavailable");
  });

  it("refuses work after it was closed with a code, not with a crash", async () => {
    const other = await openSqliteStore(":memory:");
    const { conversation } = await openFor(other, "ada");
    await other.close();
    await expect(other.append(draft(conversation.id))).rejects.toMatchObject({ code: "unavailable" });
    await expect(openFor(other, "ada")).rejects.toMatchObject({ code: "unavailable" });
  });
});
