import { createWriteStream, existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Clock, timestamp } from "../../../shared/clock.ts";
import { backUp } from "../../store/sqlite/backup.ts";
import { type Console, UsageError } from "../console.ts";
import { dataDirectory } from "../doctor/environment.ts";
import { checkDatabase, filesIn, openAlone, ownFiles } from "./data-files.ts";
import { sha256Of, writeManifest } from "./manifest.ts";

/**
 * Writes a backup into a new directory: the database, of one moment, and the attachments on the local disk. A server that is
 * running goes on and is asked for the database; without one the file is read.
 *
 * @param options `url` of the running server; default: this machine, at PORT
 */
export async function backup(
  directory: string,
  options: { readonly url: string | undefined },
  clock: Clock,
  console: Console,
): Promise<void> {
  const own = ownFiles(console.env);
  if (existsSync(directory)) throw new UsageError(`${directory} is there already: name a new directory.`);
  const draft = `${directory}.unfinished`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const files = filesIn(draft);
    const createdAt = timestamp(clock.now());
    const alone = openAlone(own.database);
    if (alone) {
      await backUp(alone, files.database);
      alone.close();
    } else await download(files.database, options.url, console);
    checkDatabase(files.database);
    // After the database: whatever it names is there, unless it was removed meanwhile.
    const underWay = join(own.attachments, "incoming");
    if (existsSync(own.attachments))
      await cp(own.attachments, files.attachments, { recursive: true, filter: (path) => path !== underWay });
    await writeManifest(draft, {
      format: "vouch-backup-1",
      createdAt,
      sha256: await sha256Of(files.database),
    });
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  console.remark(
    "The key that opens stored secrets is not in it: keep VOUCH_SECRET, or the file secret of the data directory, in another place.",
  );
  console.print(`${directory}\n`);
}

async function download(path: string, url: string | undefined, { env }: Console): Promise<void> {
  const origin = url ?? `http://127.0.0.1:${env.PORT || 8080}`;
  const token = env.VOUCH_ADMIN_TOKEN || (await storedToken(env));
  const response = await fetch(new URL("/api/v1/admin/backup", origin), {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
  }).catch(() => null);
  if (!response)
    throw new UsageError(
      `A server has the database open, and none answers at ${origin}: name it with --url, or stop it.`,
    );
  if (response.status === 401 || response.status === 403)
    throw new UsageError(
      `The server at ${origin} does not take this administrator token: set VOUCH_ADMIN_TOKEN to the server's, or VOUCH_DATA_DIR to its data directory.`,
    );
  if (!response.ok || !response.body) {
    const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new UsageError(`The server at ${origin} refused: ${detail ?? `${response.status}.`}`);
  }
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path, { mode: 0o600 }));
}

const storedToken = async (env: NodeJS.ProcessEnv): Promise<string> =>
  (await readFile(join(dataDirectory(env), "admin-token"), "utf8").catch(() => "")).trim();
