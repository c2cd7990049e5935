import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { adminToken, startTestServer } from "../../edge/testing/test-server.ts";
import { clock } from "../../identity/fixtures/signing.ts";
import { draft, openFor, opening, signed, start, token } from "../../store/contract/fixtures.ts";
import { describePostgres } from "../../store/postgres/testing/test-database.ts";
import { openSqliteStore } from "../../store/sqlite/open.ts";
import type { Store } from "../../store/store.ts";
import { temporaryFiles, tryCommand } from "../testing/try-command.ts";

const { folder } = temporaryFiles();
let count = 0;
const open: Store[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

/** A data directory of its own, with a conversation of Ada's in it. */
async function site() {
  const dataDir = join(folder, `site-${++count}`);
  mkdirSync(dataDir);
  const store = await openSqliteStore(join(dataDir, "vouch.db"));
  open.push(store);
  const ada = await openFor(store, "ada");
  await store.append(draft(ada.conversation.id, { text: "kept" }));
  return {
    dataDir,
    store,
    ada,
    target: join(folder, `backup-${count}`),
    env: { VOUCH_DATA_DIR: dataDir },
    async stop() {
      open.splice(0);
      await store.close();
    },
  };
}

/** Opens what stands, reads, and closes it again. */
async function reading<Result>(dataDir: string, read: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openSqliteStore(join(dataDir, "vouch.db"));
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}

const textsIn = (dataDir: string, conversationId: string) =>
  reading(dataDir, async (store) =>
    (await store.messages(conversationId, { limit: 10 })).messages.map(({ text }) => text),
  );

describe("vouch backup", () => {
  test("reads the file where no server runs, attachments as well", async () => {
    const { dataDir, target, env, ada, stop } = await site();
    await stop();
    mkdirSync(join(dataDir, "attachments", "incoming"), { recursive: true });
    writeFileSync(join(dataDir, "attachments", "incoming", "half"), "pict");
    writeFileSync(join(dataDir, "attachments", "a"), "picture");
    expect(await tryCommand(["backup", target], { env })).toMatchObject({ code: 0, printed: `${target}\n` });
    expect(readFileSync(join(target, "attachments", "a"), "utf8")).toBe("picture");
    expect(readdirSync(join(target, "attachments"))).toEqual(["a"]);
    expect(await textsIn(target, ada.conversation.id)).toEqual(["kept"]);
  });

  test("asks the server that has the file open, which goes on", async () => {
    const { dataDir, store, target, env, ada } = await site();
    const server = await startTestServer({
      environment: { dataDir },
      wrapStore(memory) {
        void memory.close();
        return store;
      },
    });
    open.splice(0);
    try {
      const done = tryCommand(["backup", target, "--url", server.url], {
        env: { ...env, VOUCH_ADMIN_TOKEN: adminToken },
      });
      for (let n = 0; n < 100; n++) await store.append(draft(ada.conversation.id, { text: `${n}` }));
      expect(await done).toMatchObject({ code: 0 });
      // The server removes its copy once the last byte has left, which is a moment after it has arrived.
      await expect.poll(() => existsSync(join(dataDir, "vouch.db.backup"))).toBe(false);
      const wrong = await tryCommand(["backup", `${target}-2`, "--url", server.url], {
        env: { ...env, VOUCH_ADMIN_TOKEN: "someone else's" },
      });
      expect(wrong).toMatchObject({ code: 1, remarked: expect.stringContaining("set VOUCH_ADMIN_TOKEN") });
      expect(existsSync(`${target}-2`)).toBe(false);
    } finally {
      await server.close();
    }
    const texts = await textsIn(target, ada.conversation.id);
    expect(texts[0]).toBe("kept");
    expect(texts.slice(1)).toEqual(texts.slice(1).map((_, index) => `${index}`));
  });

  test.each([
    ["no database", { VOUCH_DATA_DIR: join(folder, "nowhere") }, "There is no database"],
    ["PostgreSQL", { DATABASE_URL: "postgres://x" }, "pg_dump"],
  ])("says what to do: %s", async (_, env, words) => {
    const tried = await tryCommand(["backup", join(folder, "never")], { env });
    expect(tried).toMatchObject({ code: 1, remarked: expect.stringContaining(words) });
  });

  test("never writes over anything", async () => {
    const { target, env, stop } = await site();
    await stop();
    mkdirSync(target);
    const tried = await tryCommand(["backup", target], { env });
    expect(tried).toMatchObject({ code: 1, remarked: expect.stringContaining("is there already") });
  });
});

describe("vouch restore", () => {
  test("puts back what was there, keeps what stood, and ends the sessions of before", async () => {
    const { dataDir, target, env, ada, stop } = await site();
    await stop();
    await tryCommand(["backup", target], { env });
    await reading(dataDir, (store) => store.append(draft(ada.conversation.id, { text: "after" })));
    expect(await tryCommand(["restore", target], { env })).toMatchObject({ code: 0 });
    expect(await textsIn(dataDir, ada.conversation.id)).toEqual(["kept"]);
    expect(readdirSync(dataDir).filter((name) => name.includes("before-restore"))).toHaveLength(1);
    expect(await reading(dataDir, (store) => store.liveAmong([ada.session.id]))).toEqual([]);
  });

  test("puts files back with it, and keeps those that stood", async () => {
    const { dataDir, target, env, stop } = await site();
    await stop();
    const files = join(dataDir, "attachments");
    mkdirSync(files);
    writeFileSync(join(files, "a"), "of the backup");
    await tryCommand(["backup", target], { env });
    writeFileSync(join(files, "a"), "since");
    writeFileSync(join(files, "b"), "since");
    expect(await tryCommand(["restore", target], { env })).toMatchObject({ code: 0 });
    expect(readdirSync(files)).toEqual(["a"]);
    expect(readFileSync(join(files, "a"), "utf8")).toBe("of the backup");
    const [aside = ""] = readdirSync(dataDir).filter((name) => name.startsWith("attachments.before-restore"));
    expect(readdirSync(join(dataDir, aside))).toEqual(["a", "b"]);
  });

  test("gives the files of those who were erased since to the next sweep", async () => {
    const { target, env, dataDir, store, ada, stop } = await site();
    const attachment = { id: randomUUID(), name: "a.txt", type: "text/plain", size: 5 };
    await store.addAttachment({
      attachment,
      conversationId: ada.conversation.id,
      uploader: "contact",
      sessionId: ada.session.id,
      at: start,
      allowance: null,
    });
    await store.attachmentStored(attachment.id, start);
    await stop();
    await tryCommand(["backup", target], { env });
    await reading(dataDir, (store) => store.eraseContact(ada.contact.id, start));
    await tryCommand(["restore", target], { env });
    const due = { before: start, at: start, limit: 10 };
    expect(await reading(dataDir, (store) => store.settleAttachments(due))).toEqual([attachment.id]);
  });

  test("erases again who was erased since, whatever the backup holds", async () => {
    const { dataDir, target, env, ada, stop } = await site();
    await stop();
    await tryCommand(["backup", target], { env });
    await reading(dataDir, (store) => store.eraseContact(ada.contact.id, start));
    const restored = await tryCommand(["restore", target], { env });
    expect(restored).toMatchObject({ code: 0, remarked: expect.stringContaining("1 contacts") });
    expect(await reading(dataDir, (store) => store.contactRecord(ada.contact.id))).toBeNull();
    expect(await reading(dataDir, (store) => store.wasErased(ada.contact.id))).toBe(true);
  });

  test("does not take it for granted that nobody was, where the damaged database can't say", async () => {
    const { dataDir, target, env, stop } = await site();
    await stop();
    await tryCommand(["backup", target], { env });
    const damaged = new DatabaseSync(join(dataDir, "vouch.db"));
    damaged.exec("alter table erasure rename column contact_id to lost");
    damaged.close();
    expect(await tryCommand(["restore", target], { env })).toMatchObject({
      code: 1,
      remarked: expect.stringContaining("--erasures"),
    });
  });

  test("onto a new machine: lists of erasures say whom", async () => {
    const { target, env, ada, store, stop } = await site();
    const bob = await openFor(store, "bob");
    await stop();
    await tryCommand(["backup", target], { env });
    const at = "2026-11-21T10:00:00.000Z";
    // Whom the backup does not hold is remembered as well: the next backup must not bring them back either.
    const stranger = { contact: { id: randomUUID() } };
    const pages = [ada, bob, stranger].flatMap(({ contact }, page) => {
      const path = join(folder, `erasures-${count}-${page}.json`);
      writeFileSync(path, JSON.stringify({ erasures: [{ contactId: contact.id, at }] }));
      return ["--erasures", path];
    });
    const fresh = join(folder, `fresh-${count}`);
    const restored = await tryCommand(["restore", target, ...pages], {
      env: { VOUCH_DATA_DIR: fresh },
    });
    expect(restored).toMatchObject({ code: 0 });
    for (const { contact } of [ada, bob])
      expect(await reading(fresh, (store) => store.contactRecord(contact.id))).toBeNull();
    expect(await reading(fresh, (store) => store.wasErased(stranger.contact.id))).toBe(true);
  });

  test("brings no token back that was revoked since", async () => {
    const { dataDir, target, env, stop } = await site();
    await stop();
    await tryCommand(["backup", target], { env });
    const used = opening(signed("bob"), { identityToken: token("bob's") });
    await reading(dataDir, async (store) => {
      await store.openSession(used);
      await store.endSession({ tokenHash: used.tokenHash, everywhere: false, at: start });
    });
    await tryCommand(["restore", target], { env });
    expect(await reading(dataDir, (store) => store.openSession(used))).toEqual({
      ok: false,
      code: "token_revoked",
    });
  });

  test("takes no token of before, also of somebody whom the backup does not hold, on a new machine as well", async () => {
    const { target, env, stop } = await site();
    await stop();
    await tryCommand(["backup", target], { env });
    const fresh = join(folder, `fresh-${count}`);
    await tryCommand(["restore", target], { env: { VOUCH_DATA_DIR: fresh } });
    const seconds = Math.floor(clock.now() / 1000);
    const issued = (identity: string, issuedAtSeconds: number) =>
      reading(fresh, (store) =>
        store.openSession(
          opening(signed(identity), {
            identityToken: token(`${identity} ${issuedAtSeconds}`, { issuedAtSeconds }),
          }),
        ),
      );
    for (const identity of ["ada", "bob"]) {
      expect(await issued(identity, seconds - 3600)).toEqual({ ok: false, code: "token_revoked" });
      expect(await issued(identity, seconds + 1)).toMatchObject({ ok: true });
    }
  });

  test("refuses what was damaged, what is no backup, and to work under a running server", async () => {
    const { target, env, stop, store } = await site();
    const refused = async (words: string) =>
      expect(await tryCommand(["restore", target], { env })).toMatchObject({
        code: 1,
        remarked: expect.stringContaining(words),
      });
    await refused("is not a backup");
    await stop();
    await tryCommand(["backup", target], { env });
    const again = await openSqliteStore(join(env.VOUCH_DATA_DIR, "vouch.db"));
    open.push(again);
    await refused("stop it first");
    open.splice(0);
    await again.close();
    appendFileSync(join(target, "vouch.db"), "x");
    await refused("not what the manifest says");
    expect(store).toBeDefined();
  });
});

describe("A schema", () => {
  test("is brought up to date, after a try that changes nothing", async () => {
    const dataDir = join(folder, `site-${++count}`);
    mkdirSync(dataDir);
    const path = join(dataDir, "vouch.db");
    new DatabaseSync(path).close();
    const env = { VOUCH_DATA_DIR: dataDir };
    const dry = await tryCommand(["migrate", "--dry-run"], { env });
    expect(dry).toMatchObject({ code: 0, printed: expect.stringMatching(/^0001-first\n0002-/) });
    const done = await tryCommand(["migrate"], { env });
    expect(done.printed).toBe(dry.printed);
    expect(await tryCommand(["migrate"], { env })).toMatchObject({ code: 0, printed: "" });
  });

  test("of a newer version is refused, by the store and by every command, and left as it is", async () => {
    const { dataDir, env, stop } = await site();
    await stop();
    const database = new DatabaseSync(join(dataDir, "vouch.db"));
    database.exec("insert into kysely_migration values ('9999-later', '2027-01-01')");
    database.close();
    await expect(openSqliteStore(join(dataDir, "vouch.db"))).rejects.toThrow(/newer version .*9999-later/);
    expect(await tryCommand(["migrate"], { env })).toMatchObject({
      code: 2,
      remarked: expect.stringContaining("newer version"),
    });
  });
});

await describePostgres("The schema in PostgreSQL", (database) => {
  const env = { DATABASE_URL: database.url };

  test("is brought up to date, after a try that changes nothing", async () => {
    const dry = await tryCommand(["migrate", "--dry-run"], { env });
    expect(dry).toMatchObject({ code: 0, printed: expect.stringMatching(/^0001-first\n0002-/) });
    expect(await database.query("select tablename from pg_tables where schemaname = 'public'")).toEqual([]);
    const done = await tryCommand(["migrate"], { env });
    expect(done.printed).toBe(dry.printed);
    expect(await tryCommand(["migrate"], { env })).toMatchObject({ code: 0, printed: "" });
  });

  test("of a newer version is refused", async () => {
    await tryCommand(["migrate"], { env });
    await database.query("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')");
    expect(await tryCommand(["migrate"], { env })).toMatchObject({
      code: 2,
      remarked: expect.stringContaining("newer version"),
    });
  });

  test("is not looked for where nothing answers", async () => {
    const nowhere = { DATABASE_URL: "postgres://127.0.0.1:1/vouch" };
    expect(await tryCommand(["migrate"], { env: nowhere })).toMatchObject({
      code: 1,
      remarked: expect.stringContaining("127.0.0.1:1/vouch can't be used"),
    });
  });
});
