/** Everything that a round plays in: nodes under supervision, what stands between them, and their data. */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { acmeConfig } from "../../../e2e/harness/acme.ts";
import { adminToken, agentToken } from "../../../e2e/harness/companion.ts";
import { defaultLimits, type Limits } from "../../../shared/limits.ts";
import { unhindered } from "../../unhindered.ts";
import { freePort, type SoakNode, superviseNode } from "./node.ts";
import type { Shared } from "./shared.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

export interface WorldOptions {
  /** Data and configuration go here. */
  readonly directory: string;
  readonly nodes: number;
  /** null: one node with its embedded store. */
  readonly shared: Shared | null;
  /** Between clients and nodes, and between nodes and what they share, stand proxies. */
  readonly proxied: boolean;
  /** The nodes' clocks can be set. */
  readonly clocks: boolean;
  /** Whether a fault keeps nodes from writing. */
  readonly disks: "sound" | "failing";
  /** Their data lies on file systems that can be made full. */
  readonly smallDisks: boolean;
  /** Another program than the server: a mutant. */
  readonly main?: string;
  /** Beside those of the soak. */
  readonly limits?: Partial<Limits>;
  /** Beside what every node is told. */
  readonly env: Readonly<Record<string, string>>;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Two nodes that share PostgreSQL and Redis, with nothing that breaks. */
export const calm = {
  nodes: 2,
  proxied: false,
  clocks: false,
  disks: "sound",
  smallDisks: false,
  random: Math.random,
} as const satisfies Partial<WorldOptions>;

/** A node and the lines that lead to and from it. */
export interface Post {
  readonly node: SoakNode;
  /** Where clients reach it. */
  readonly url: string;
  /** Empty where there are no proxies. */
  readonly lines: { readonly clients?: TcpProxy; readonly database?: TcpProxy; readonly redis?: TcpProxy };
  /** null: it has an ordinary one. */
  readonly disk: SmallDisk | null;
  /** Sets its clock, in milliseconds ahead of the true one. */
  setClock(aheadMs: number): Promise<void>;
}

export interface World {
  readonly posts: readonly Post[];
  readonly shared: Shared | null;
  /** Resolves once everybody accepts connections; rejects with what a node printed that does not come up. */
  standing(): Promise<void>;
  /** Ends what was started here. @returns what should not have happened */
  stop(): Promise<readonly string[]>;
}

const startMs = 30_000;
/** Short: half-open connections are to be noticed within a round. */
export const heartbeatMs = 2000;

const limits = {
  ...unhindered,
  unauthenticatedSocketsPerAddress: 100_000,
  socketAuthMs: 5000,
  drainSpreadMs: 500,
  socketsPerAddress: 100_000,
  heartbeatMs,
  // Nodes that were frozen turn newcomers away, as they do for operators.
  eventLoopDelayMs: defaultLimits.eventLoopDelayMs,
};

export async function createWorld(options: WorldOptions): Promise<World> {
  const { directory, shared } = options;
  // What an earlier run kept there for somebody to look at would be taken for this one's.
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await shared?.database.prepare();
  const configPath = join(directory, "vouch.json");
  await writeFile(configPath, JSON.stringify(acmeConfig({ limits: { ...limits, ...options.limits } })));
  const posts: Post[] = [];
  for (let index = 0; index < options.nodes; index++)
    posts.push(await createPost(`node ${index + 1}`, configPath, options));

  return {
    posts,
    shared,
    standing: async () => void (await Promise.all(posts.map(({ node }) => stands(node)))),
    async stop() {
      await Promise.all(posts.map(({ node }) => node.stop()));
      for (const { lines, disk } of posts) {
        for (const line of Object.values(lines)) await line.close();
        await disk?.unmount();
      }
      return posts.flatMap(({ node }) => node.incidents());
    },
  };
}

async function stands(node: SoakNode): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    limit = setTimeout(() => reject(new Error(`${node.name} does not come up:\n${node.output()}`)), startMs);
  });
  await Promise.race([node.listening(), tooLate]).finally(() => clearTimeout(limit));
}

async function createPost(name: string, configPath: string, options: WorldOptions): Promise<Post> {
  const { directory, shared, proxied, clocks, random } = options;
  const port = await freePort();
  const line = (targetPort: number) => (proxied ? startTcpProxy({ targetPort, random }) : undefined);
  const lines = withoutAbsent({
    clients: await line(port),
    database: shared ? await line(shared.database.port) : undefined,
    redis: shared ? await line(shared.redis.port) : undefined,
  });
  const dataDir = join(directory, name.replace(" ", "-"));
  await mkdir(dataDir, { recursive: true });
  const disk = options.smallDisks ? await mountSmallDisk(dataDir) : null;
  const clockPath = join(directory, `${name} clock`);
  await writeFile(clockPath, "0");
  const node = superviseNode({
    name,
    port,
    disk: options.disks,
    preload: clocks ? [join(import.meta.dirname, "clock-shift.ts")] : [],
    ...(options.main !== undefined && { main: options.main }),
    env: {
      SOAK_CLOCK: clockPath,
      VOUCH_CONFIG: configPath,
      VOUCH_DATA_DIR: dataDir,
      VOUCH_SECRET: "a secret of the soak, long enough, of no value",
      VOUCH_ADMIN_TOKEN: adminToken,
      VOUCH_AGENT_TOKEN: agentToken,
      LOG_LEVEL: "error",
      ...options.env,
      ...(shared && {
        DATABASE_URL: shared.database.url(lines.database?.port),
        REDIS_URL: shared.redis.url(lines.redis?.port),
      }),
    },
  });
  return {
    node,
    url: `http://127.0.0.1:${lines.clients?.port ?? port}`,
    lines,
    disk,
    async setClock(aheadMs) {
      await writeFile(clockPath, String(aheadMs));
      if (clocks) node.signal("SIGUSR2");
    },
  };
}

/** An absent line is no member, not one that is undefined. */
function withoutAbsent<Name extends string>(
  lines: Readonly<Record<Name, TcpProxy | undefined>>,
): Partial<Record<Name, TcpProxy>> {
  return Object.fromEntries(Object.entries(lines).filter(([, line]) => line !== undefined)) as Partial<
    Record<Name, TcpProxy>
  >;
}
