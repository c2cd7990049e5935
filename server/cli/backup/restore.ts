import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as v from "valibot";
import type { Clock } from "../../../shared/clock.ts";
import type { Erasure } from "../../store/erasure-store.ts";
import { openSqliteStore } from "../../store/sqlite/open.ts";
import { everybody, watermarkKeptMs } from "../../store/units/token-watermark.ts";
import { type Console, UsageError } from "../console.ts";
import { checkDatabase, filesIn, openAlone, ownFiles } from "./data-files.ts";
import { readManifest, sha256Of } from "./manifest.ts";

/** As `GET /admin/erasures` answers. */
const erasuresSchema = v.object({
  erasures: v.array(v.object({ contactId: v.string(), at: v.pipe(v.string(), v.isoTimestamp()) })),
});

/**
 * Puts a backup in the place of what stands in the data directory, which is kept beside it. Who was erased since is erased
 * again: the database that is replaced knows them, and `erasures` may name more.
 *
 * @param options `erasures`: files with answers of `GET /admin/erasures`, one for each page
 */
export async function restore(
  directory: string,
  options: { readonly erasures: readonly string[] },
  clock: Clock,
  console: Console,
): Promise<void> {
  const own = ownFiles(console.env);
  const files = filesIn(directory);
  const { sha256, createdAt } = await readManifest(directory);
  if ((await sha256Of(files.database)) !== sha256)
    throw new UsageError(
      `${files.database} is not what the manifest says: the backup was damaged or changed.`,
    );
  const erased = [
    ...(await Promise.all(options.erasures.map(readErasures))).flat(),
    ...(existsSync(own.database) ? await erasuresOf(own.database) : []),
  ];
  const draft = { database: `${own.database}.restored`, attachments: `${own.attachments}.restored` };
  await mkdir(dirname(own.database), { recursive: true, mode: 0o700 });
  await removeAll(draft);
  try {
    await cp(files.database, draft.database);
    checkDatabase(draft.database);
    if (existsSync(files.attachments)) await cp(files.attachments, draft.attachments, { recursive: true });
    const again = await eraseAgain(draft.database, erased);
    closeThePast(draft.database, existsSync(own.database) ? own.database : null, erased, clock.now());
    const aside = `before-restore-${clock.now()}`;
    for (const [from, to] of [
      [own.database, `${own.database}.${aside}`],
      [`${own.database}-wal`, `${own.database}.${aside}-wal`],
      [own.attachments, `${own.attachments}.${aside}`],
      [draft.database, own.database],
      [draft.attachments, own.attachments],
    ] as const)
      if (existsSync(from)) await rename(from, to);
    console.remark("Sessions of before are over: customers sign in again with their next page.");
    console.remark(`The backup of ${createdAt} stands; what stood before is kept as *.${aside}.`);
    if (again > 0) console.remark(`${again} contacts that were erased since were erased again.`);
  } catch (error) {
    await removeAll(draft);
    throw error;
  }
}

async function removeAll({
  database,
  attachments,
}: {
  database: string;
  attachments: string;
}): Promise<void> {
  for (const path of [database, `${database}-wal`, `${database}-shm`, attachments])
    await rm(path, { recursive: true, force: true });
}

/** Also brings the schema up to date. @returns how many contacts of the backup were erased since */
async function eraseAgain(path: string, erased: readonly Erasure[]): Promise<number> {
  const store = await openSqliteStore(path);
  let count = 0;
  try {
    for (const { contactId, at } of erased) {
      // Marks its attachments as well: the server removes their bytes with its next sweep.
      if (await store.eraseContact(contactId, at)) count++;
    }
  } finally {
    await store.close();
  }
  return count;
}

/**
 * What was revoked since must stay so, and the backup knows nothing of it: no session of its day lives on, and tokens issued
 * before now are refused, whether the backup has a contact for them or not. Sites sign new ones with the next page.
 */
function closeThePast(path: string, replaced: string | null, erased: readonly Erasure[], now: number): void {
  const database = new DatabaseSync(path);
  try {
    if (replaced !== null) {
      database.prepare("attach ? as replaced").run(replaced);
      for (const table of ["revoked_token", "used_token"])
        database.exec(`insert or ignore into ${table} select * from replaced.${table}`);
      database.exec("detach replaced");
    }
    const remember = database.prepare("insert or ignore into erasure (contact_id, at) values (?, ?)");
    for (const { contactId, at } of erased) remember.run(contactId, at);
    database.prepare("update session set ended_at = ? where ended_at is null").run(now);
    const second = Math.floor(now / 1000);
    database.prepare("update contact set valid_after_seconds = max(valid_after_seconds, ?)").run(second);
    database
      .prepare(
        "insert or replace into token_watermark (key_hash, valid_after_seconds, expires_at) values (?, ?, ?)",
      )
      .run(everybody, second, now + watermarkKeptMs);
  } finally {
    database.close();
  }
}

/** @throws UsageError where a server is running, or the database is too damaged to say */
async function erasuresOf(path: string): Promise<readonly Erasure[]> {
  const database = openAlone(path);
  if (!database) throw new UsageError("A server has the database open: stop it first.");
  try {
    const found = database.prepare("select contact_id, at from erasure").all();
    return found.map(({ contact_id, at }) => ({ contactId: String(contact_id), at: Number(at) }));
  } catch (error) {
    // A database of before there were erasures.
    if (error instanceof Error && error.message.includes("no such table")) return [];
    throw new UsageError(
      `${path} can't say who was erased since: move it away, and name them with --erasures.`,
    );
  } finally {
    database.close();
  }
}

async function readErasures(path: string): Promise<readonly Erasure[]> {
  try {
    const { erasures } = v.parse(erasuresSchema, JSON.parse(await readFile(path, "utf8")));
    return erasures.map(({ contactId, at }) => ({ contactId, at: Date.parse(at) }));
  } catch {
    throw new UsageError(`${path} is not an answer of GET /api/v1/admin/erasures.`);
  }
}
