/** The PostgreSQL that a soak's nodes share: a cluster of its own, or where that can't be the one that runs already. */

import { execFile } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { accountFor, findBinary } from "./binaries.ts";
import { freePort } from "./node.ts";
import { createServerProcess } from "./server-process.ts";

interface Common {
  readonly port: number;
  /** Of the round's database. @param port of a proxy in front of it */
  url(port?: number): string;
  /** Makes an empty database for a round; the one before is dropped. */
  prepare(): Promise<void>;
  /** Ends connections of the nodes. @param share from 0 to 1, each drawn by itself */
  terminate(share: number): Promise<void>;
  /** Ends what was started; drops what was made. */
  stop(): Promise<void>;
}

export interface OwnDatabase extends Common {
  readonly kind: "own";
  /** As `pg_ctl stop -m immediate`: no checkpoint, no goodbye. Then starts it again. */
  crash(awayMs: number): Promise<void>;
  /** Its processes but the first, which starts them: those who serve, and those who write. */
  processes(): Promise<readonly number[]>;
}

export interface FoundDatabase extends Common {
  readonly kind: "found";
  /** Why there is none of its own. */
  readonly why: string;
}

export type Database = OwnDatabase | FoundDatabase;

const run = promisify(execFile);
const roundDatabase = `vouch_soak_${process.pid}`;

/** @throws where there is neither */
export async function openDatabase(): Promise<Database> {
  const [initdb, postgres] = await Promise.all([findBinary("initdb"), findBinary("postgres")]);
  const account = await accountFor("postgres");
  if (initdb === null || postgres === null) return foundDatabase("PostgreSQL's server programs are not here");
  if (account === null)
    return foundDatabase("PostgreSQL does not run as root, and there is no user postgres");

  const directory = await mkdtemp(join(tmpdir(), "vouch-soak-pg-"));
  if (account.uid !== undefined && account.gid !== undefined)
    await chown(directory, account.uid, account.gid);
  await run(
    initdb,
    ["-D", directory, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    {
      ...account,
    },
  );
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: directory,
    fsync: "on",
    synchronous_commit: "on",
    max_connections: "200",
    log_min_messages: "fatal",
  };
  const server = createServerProcess({
    path: postgres,
    parameters: [
      ...["-D", directory, "-p", String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    account,
    answers: () => answers(`postgres://postgres@127.0.0.1:${port}/postgres`),
  });
  await server.start();
  return {
    kind: "own",
    ...commonOf(port, "postgres", () => `postgres://postgres@127.0.0.1:${port}/postgres`),
    async crash(awayMs) {
      await server.end("SIGQUIT");
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      await server.start();
    },
    async processes() {
      const rows = await administer(
        `postgres://postgres@127.0.0.1:${port}/postgres`,
        "select pid from pg_stat_activity",
      );
      return rows.map(({ pid }) => Number(pid));
    },
    async stop() {
      await server.end("SIGQUIT");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function foundDatabase(why: string): Promise<FoundDatabase> {
  const url = new URL(process.env.TEST_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/test");
  if (!(await answers(url.href)))
    throw new Error(`${why}, and none runs at ${url.host}: start one, or set TEST_DATABASE_URL.`);
  const common = commonOf(Number(url.port || 5432), url.username, () => url.href);
  return {
    kind: "found",
    why,
    ...common,
    stop: async () =>
      void (await administer(url.href, `drop database if exists ${roundDatabase} with (force)`)),
  };
}

function commonOf(port: number, user: string, administration: () => string): Omit<Common, "stop"> {
  return {
    port,
    url: (through = port) => `postgres://${user}@127.0.0.1:${through}/${roundDatabase}`,
    async prepare() {
      await administer(administration(), `drop database if exists ${roundDatabase} with (force)`);
      await administer(administration(), `create database ${roundDatabase}`);
    },
    async terminate(share) {
      const ours = `datname = '${roundDatabase}' and random() < ${share}`;
      await administer(
        administration(),
        `select pg_terminate_backend(pid) from pg_stat_activity where ${ours}`,
      );
    },
  };
}

type Rows = readonly Readonly<Record<string, unknown>>[];

async function administer(url: string, statement: string): Promise<Rows> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const answers = (url: string): Promise<boolean> =>
  administer(url, "select 1").then(
    () => true,
    () => false,
  );
