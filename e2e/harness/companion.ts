/** A companion server as operators run it: a process of its own, configured by file and environment. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const main = join(import.meta.dirname, "..", "..", "server", "main.js");

export const adminToken = "test-administrator-token-of-no-value-0123456789";
export const agentToken = "test-agent-token-of-no-value-0123456789abcdef";

export interface CompanionOptions {
  readonly config: unknown;
  /** Keeps its data here; a fresh temporary directory by default. */
  readonly dataDir?: string;
  /** 0, the default, takes a free one; a restarted server wants the one it had. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Companion {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Everything printed so far, standard output and error. */
  output(): string;
  /** SIGTERM; resolves with the exit code once the process has ended and its temporary files are gone. */
  stop(): Promise<number | null>;
  /** SIGKILL; the data directory stays. */
  kill(): Promise<void>;
}

/** Resolves once the server prints its listening line; rejects with what it printed where it ends before. */
export async function startCompanion(options: CompanionOptions): Promise<Companion> {
  const temporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "vouch-e2e-")));
  const configPath = join(dataDir, "vouch.json");
  await writeFile(configPath, JSON.stringify(options.config));
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      VOUCH_CONFIG: configPath,
      VOUCH_DATA_DIR: dataDir,
      VOUCH_SECRET: "a secret of the tests, long enough, of no value",
      VOUCH_ADMIN_TOKEN: adminToken,
      VOUCH_AGENT_TOKEN: agentToken,
      LOG_LEVEL: "warn",
      PORT: String(options.port ?? 0),
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const ended = once(child, "exit");

  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      if (line.includes('"event":"listening"')) resolve(JSON.parse(line).url);
    });
    child.once("exit", (code) => reject(new Error(`The companion ended with ${code}:\n${output}`)));
  });

  return {
    url,
    port: Number(new URL(url).port),
    dataDir,
    process: child,
    output: () => output,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      if (temporary) await rm(dataDir, { recursive: true, force: true });
      return child.exitCode;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
