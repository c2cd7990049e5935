import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Account } from "./binaries.ts";
import { endWithUs } from "./children.ts";

/** A database server of the soak's own: ended as hard as the fault wants it, and started again. */
export interface ServerProcess {
  /** Resolves once it answers. */
  start(): Promise<void>;
  /** Resolves once it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface ServerProgram {
  readonly path: string;
  readonly parameters: readonly string[];
  readonly account: Account;
  /** Whether it answers now. */
  answers(): Promise<boolean>;
}

/** Recovery after a hard stop included. */
const startMs = 30_000;

export function createServerProcess({ path, parameters, account, answers }: ServerProgram): ServerProcess {
  let child: ChildProcess | null = null;
  let output = "";
  return {
    async start() {
      const started = spawn(path, parameters, {
        ...account,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      child = started;
      endWithUs(started);
      const keep = (chunk: Buffer) => {
        output = (output + String(chunk)).slice(-4000);
      };
      started.stdout.on("data", keep);
      started.stderr.on("data", keep);
      const until = performance.now() + startMs;
      while (!(await answers())) {
        if (started.exitCode !== null || performance.now() > until)
          throw new Error(`${path} does not answer:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    },
    async end(signal) {
      const ending = child;
      child = null;
      if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = once(ending, "exit");
      ending.kill(signal);
      await ended;
    },
  };
}
