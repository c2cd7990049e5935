/** Redis for tests: the one that runs beside them, and servers of their own that they may kill. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "redis";

const run = promisify(execFile);

export const redisUrl = process.env.TEST_REDIS_URL ?? "redis://127.0.0.1:6379";

/** Whether tests that need it are skipped; says why, and in CI throws: there nothing is skipped. */
export function skipsWithout(service: string, missing: boolean): boolean {
  if (!missing) return false;
  const reason = `${service} is missing: the tests that need it are skipped.`;
  if (process.env.CI === "true") throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  return true;
}

/** Whether a Redis of 7 or newer answers at `redisUrl`. */
export async function redisAnswers(): Promise<boolean> {
  const client = createClient({
    url: redisUrl,
    socket: { reconnectStrategy: false, connectTimeout: 10_000 },
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return Number(/redis_version:(\d+)/.exec(await client.info("server"))?.[1]) >= 7;
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

/** Leaves nothing behind of a test at `redisUrl`. */
export async function removeKeys(prefix: string): Promise<void> {
  const client = await createClient({ url: redisUrl }).connect();
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
    if (keys.length > 0) await client.unlink(keys);
  client.destroy();
}

/** Whether `redis-server` and `redis-cli` can be started. */
export const redisCanBeStarted = async (): Promise<boolean> =>
  await Promise.all([run("redis-server", ["--version"]), run("redis-cli", ["--version"])]).then(
    () => true,
    () => false,
  );

export interface RedisProcess {
  readonly port: number;
  readonly url: string;
  /** Resolves once it answers. */
  start(): Promise<void>;
  /** SIGKILL; resolves with its end. */
  kill(): Promise<void>;
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  cli(...args: string[]): Promise<string>;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

/** A server of the test's own, on a free port, not started yet. */
export async function createRedisProcess(options: readonly string[] = []): Promise<RedisProcess> {
  const directory = await mkdtemp(join(tmpdir(), "vouch-redis-"));
  const port = await freePort();
  let child: ChildProcess | null = null;

  const cli = async (...args: string[]) => (await run("redis-cli", ["-p", String(port), ...args])).stdout;

  async function kill(): Promise<void> {
    const dying = child;
    child = null;
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
    dying.kill("SIGKILL");
    await once(dying, "exit");
  }

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const fixed = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
      const started = spawn("redis-server", [...fixed, ...options], { stdio: ["ignore", "pipe", "ignore"] });
      child = started;
      await new Promise<void>((resolve, reject) => {
        started.stdout.on("data", (line) => /ready to accept/i.test(String(line)) && resolve());
        started.once("exit", () => reject(new Error("redis-server ended at its start.")));
      });
    },
    kill,
    signal: (signal) => void child?.kill(signal),
    cli,
    async remove() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  // A cluster talks on this port plus 10,000 as well.
  return port < 50_000 ? port : freePort();
}

/** Three masters; resolves once the cluster takes commands. */
export async function startRedisCluster(): Promise<{
  readonly url: string;
  readonly servers: readonly RedisProcess[];
  remove(): Promise<void>;
}> {
  const options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
  const servers = await Promise.all([options, options, options].map(createRedisProcess));
  await Promise.all(servers.map((server) => server.start()));
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  await run("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"]);
  for (const server of servers)
    while (!(await server.cli("cluster", "info")).includes("cluster_state:ok"))
      await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    url: servers.map(({ url }) => url).join(","),
    servers,
    async remove() {
      await Promise.all(servers.map((server) => server.remove()));
    },
  };
}
