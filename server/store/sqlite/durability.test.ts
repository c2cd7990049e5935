import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { draft, hashOf, openFor, opening, signed, start } from "../contract/fixtures.ts";
import type { Store } from "../store.ts";
import { openSqliteStore } from "./open.ts";

/**
 * A disk whose syncs end when the test says so. What a power cut would leave is what had been written when the last sync that
 * ended began, and garbage behind it.
 */
function createDisk(directory: string) {
  const path = join(directory, "vouch.db");
  const left = join(directory, "left.db");
  const underway: (() => void)[] = [];
  let answer: "when told" | "at once" | "error" = "at once";

  function snapshot(name: string): void {
    copyFileSync(path, `${name}.db`);
    copyFileSync(`${path}-wal`, `${name}.db-wal`);
  }

  return {
    path,
    set: (next: typeof answer) => {
      answer = next;
    },
    syncFile: (): Promise<void> => {
      if (answer === "error") return Promise.reject(new Error("EIO: i/o error, fdatasync"));
      snapshot(join(directory, "written"));
      const written = () => {
        for (const suffix of ["", "-wal"])
          copyFileSync(join(directory, `written.db${suffix}`), left + suffix);
      };
      return new Promise((resolve) => {
        const end = () => {
          written();
          resolve();
        };
        if (answer === "at once") end();
        else underway.push(end);
      });
    },
    /** Whether a sync is waiting to be told. */
    busy: () => underway.length > 0,
    end: () => {
      for (const one of underway.splice(0)) one();
    },
    /** What is found after a power cut now. */
    async afterPowerCut<Result>(look: (found: Store) => Promise<Result>): Promise<Result> {
      const copy = join(directory, "found.db");
      for (const suffix of ["", "-wal"]) copyFileSync(left + suffix, copy + suffix);
      appendFileSync(`${copy}-wal`, Buffer.alloc(10_000, 0xa5));
      const found = await openSqliteStore(copy);
      try {
        return await look(found);
      } finally {
        await found.close();
      }
    },
  };
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("The SQLite store on a disk that takes its time", () => {
  let directory: string;
  let disk: ReturnType<typeof createDisk>;
  let store: Store;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "vouch-durability-"));
    disk = createDisk(directory);
    store = await openSqliteStore(disk.path, disk);
  });
  afterEach(async () => {
    disk.set("at once");
    disk.end();
    await store.close().catch(() => {});
    rmSync(directory, { recursive: true });
  });

  /** Follows a promise: what became of it so far. */
  function follow(promise: Promise<unknown>): { state: "waiting" | "answered" | "refused" } {
    const followed: { state: "waiting" | "answered" | "refused" } = { state: "waiting" };
    promise.then(
      () => {
        followed.state = "answered";
      },
      () => {
        followed.state = "refused";
      },
    );
    return followed;
  }

  it("acknowledges nothing, and shows nothing that is new, before the sync has ended", async () => {
    const tokenHash = hashOf("t");
    const { conversation } = await openFor(store, "ada");
    disk.set("when told");
    const writes = [
      store.append(draft(conversation.id)),
      store.openSession(opening(signed("bob"), { tokenHash })),
    ].map(follow);
    await turns(3);
    expect(disk.busy()).toBe(true);
    const reads = [
      store.findSession(tokenHash),
      store.messages(conversation.id, { limit: 1 }),
      store.conversation(conversation.id),
      store.conversations({ preview: false, limit: 10 }),
      store.ping(),
    ].map(follow);
    await turns(10);
    expect([...writes, ...reads].map(({ state }) => state)).toEqual(Array(7).fill("waiting"));
    disk.end();
    await turns(3);
    expect([...writes, ...reads].map(({ state }) => state)).toEqual(Array(7).fill("answered"));
  });

  it("has everything that was acknowledged after a power cut, however torn the rest is", async () => {
    const people = await Promise.all(["ada", "bob", "eve"].map((name) => openFor(store, name)));
    for (let round = 1; round <= 20; round++) {
      const conversationId = people[round % 3]?.conversation.id ?? "";
      // Read in between, so that messages are filed and the journal is trimmed without a sync of their own.
      if (round % 4 === 0) await store.messages(conversationId, { limit: 1 });
      const appended = await store.append(draft(conversationId, { text: `message ${round}` }));
      // Written while the disk is away, and lost.
      disk.set("when told");
      const lost = store.append(draft(conversationId, { text: "not acknowledged" }));
      await turns(3);
      const found = await disk.afterPowerCut((left) => left.messages(conversationId, { limit: 1 }));
      expect(found.messages.map(({ text }) => text)).toEqual([`message ${round}`]);
      expect(appended).toMatchObject({ ok: true, message: { seq: found.lastSeq } });
      disk.set("at once");
      disk.end();
      await lost;
    }
  });

  it("refuses everything once the disk has failed, until it is opened anew", async () => {
    const { conversation } = await openFor(store, "ada");
    await store.append(draft(conversation.id, { text: "kept" }));
    disk.set("error");
    const doubtful = draft(conversation.id, { text: "doubtful" });
    await expect(store.append(doubtful)).rejects.toMatchObject({ code: "unavailable" });
    disk.set("at once");
    for (const asked of [
      () => store.append(doubtful),
      () => store.messages(conversation.id, { limit: 10 }),
      () => store.touchSession("s", start),
      () => store.ping(),
    ])
      await expect(asked()).rejects.toMatchObject({ code: "unavailable" });
    await disk.afterPowerCut(async (left) => {
      await left.append(doubtful);
      const { messages } = await left.messages(conversation.id, { limit: 10 });
      expect(messages.map(({ text }) => text)).toEqual(["kept", "doubtful"]);
    });
  });
});
