import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const main = join(import.meta.dirname, "..", "server", "main.js");

export interface Companion {
  /** The origin that browsers see. */
  readonly url: string;
  /** Resolves with the exit code once the process has ended, whoever ended it. */
  readonly ended: Promise<number | null>;
  /** SIGTERM: drains, then ends. */
  stop(): Promise<number | null>;
}

/**
 * The companion server as a process of its own. Resolves once it accepts connections; rejects where it ends before.
 * @param env variables of `README.md`, “Configuration”
 * @param onLine takes each line it prints to its standard output, apart from the one that says it listens
 */
export async function startCompanion(
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Promise<Companion> {
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(() => child.exitCode);
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const listening = listeningUrl(line);
      if (listening) resolve(listening);
      else onLine(line);
    });
    void ended.then((code) => reject(new CompanionEnded(code)));
  });
  return {
    url,
    ended,
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** The companion ended before it listened; what was wrong stands on its standard error. */
export class CompanionEnded extends Error {
  override readonly name = "CompanionEnded";
  readonly exitCode: number;

  constructor(exitCode: number | null) {
    super("The companion server did not start.");
    this.exitCode = exitCode ?? 1;
  }
}

function listeningUrl(line: string): string | null {
  if (!line.includes('"event":"listening"')) return null;
  const { url, publicUrl } = JSON.parse(line) as { url: string; publicUrl?: string };
  return publicUrl ?? url;
}
