import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, it } from "vitest";
import { backUp } from "./backup.ts";

const directory = mkdtempSync(join(tmpdir(), "vouch-backup-"));
afterAll(() => rmSync(directory, { recursive: true }));

function open(name: string): DatabaseSync {
  const database = new DatabaseSync(join(directory, name));
  database.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; create table word (text)");
  return database;
}

it("waits for the end of a transaction that is open", async () => {
  const database = open("open.db");
  database.exec("begin immediate; insert into word values ('written meanwhile')");
  const done = backUp(database, join(directory, "copy.db"));
  // A few attempts find it open; there is nothing to wait for that says so.
  setTimeout(() => database.exec("commit"), 50);
  await done;
  database.close();
  const copy = new DatabaseSync(join(directory, "copy.db"));
  expect(copy.prepare("select text from word").all()).toEqual([{ text: "written meanwhile" }]);
  copy.close();
});

it("is refused where it can't be written", async () => {
  const database = open("refused.db");
  await expect(backUp(database, join(directory, "missing", "copy.db"))).rejects.toMatchObject({
    code: "unavailable",
  });
  database.close();
});
