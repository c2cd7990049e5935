/** A node under supervision, as an operator's process manager does it: whenever it ends it is started again. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { endWithUs } from "./children.ts";

export interface NodeOptions {
  readonly name: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Default: the server as operators run it. */
  readonly main?: string;
  /** Where its disk fails it may say so when it is asked to end, with exit code 1. */
  readonly disk: "sound" | "failing";
  /** Modules that are loaded before it. */
  readonly preload?: readonly string[];
}

export interface SoakNode {
  readonly name: string;
  readonly port: number;
  /** Of the present process; null while there is none. */
  pid(): number | null;
  /** Sends a signal to the present process; nothing happens where there is none. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves once it accepts connections, at once where it does. */
  listening(): Promise<void>;
  /** Resolves once another process than the present one accepts connections. */
  replaced(): Promise<void>;
  /** The end of what the present process, or the last one, has printed. */
  output(): string;
  /** What should not have happened: it ended by itself, or not cleanly when asked to. */
  incidents(): readonly string[];
  /** SIGTERM, for good. */
  stop(): Promise<void>;
  /** SIGKILL, for good. */
  destroy(): void;
}

type State =
  | { readonly kind: "starting"; readonly child: ChildProcess }
  | { readonly kind: "listening"; readonly child: ChildProcess }
  | { readonly kind: "pausing" }
  | { readonly kind: "stopped" };

const serverMain = join(import.meta.dirname, "../../../server/main.js");
/** Before it is started again where it could not start: its database may be away. */
const pauseMs = 200;
/** The end of what a node printed, kept for the report of an incident. */
const keptCharacters = 8000;

export function superviseNode(options: NodeOptions): SoakNode {
  const { name, port, env, main = serverMain, preload = [] } = options;
  const incidents: string[] = [];
  let state: State = { kind: "pausing" };
  let stopping = false;
  let output = "";
  let waiting: (() => void)[] = [];
  let ended = Promise.resolve();

  function start(): void {
    const child = spawn(process.execPath, [...preload.flatMap((path) => ["--import", path]), main], {
      env: { PATH: process.env.PATH, PORT: String(port), ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWithUs(child);
    state = { kind: "starting", child };
    const keep = (text: string) => {
      output = (output + text).slice(-keptCharacters);
    };
    child.stderr.on("data", (chunk: Buffer) => keep(String(chunk)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      keep(`${line}\n`);
      if (!line.includes('"event":"listening"')) return;
      state = { kind: "listening", child };
      for (const resolve of waiting) resolve();
      waiting = [];
    });
    ended = once(child, "exit").then(([code, signal]) => over(child, { code, signal }));
  }

  function over(
    child: ChildProcess,
    end: { readonly code: number | null; readonly signal: string | null },
  ): void {
    const served = state.kind === "listening" && state.child === child;
    const clean =
      end.signal === "SIGKILL" || end.code === 0 || (end.code === 1 && options.disk === "failing");
    if (served && !clean)
      incidents.push(`${name} ended with ${end.signal ?? end.code}:\n${output.trimEnd()}`);
    if (stopping) {
      state = { kind: "stopped" };
      return;
    }
    state = { kind: "pausing" };
    // One that was killed comes back at once; one that can't start is not asked a hundred times a second.
    setTimeout(() => !stopping && start(), served ? 0 : pauseMs);
  }

  const present = (): ChildProcess | null => ("child" in state ? state.child : null);

  start();
  return {
    name,
    port,
    pid: () => present()?.pid ?? null,
    signal: (signal) => void present()?.kill(signal),
    listening: () =>
      state.kind === "listening" ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    replaced: () => new Promise((resolve) => waiting.push(resolve)),
    output: () => output.trimEnd(),
    incidents: () => incidents,
    destroy() {
      stopping = true;
      present()?.kill("SIGKILL");
    },
    async stop() {
      stopping = true;
      const child = present();
      child?.kill("SIGCONT");
      child?.kill("SIGTERM");
      if (child) await ended;
      state = { kind: "stopped" };
    },
  };
}

/** One that nobody listens on now; nodes come back on theirs. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("No free port was found.");
  return address.port;
}
