/** Environment → configuration → server. Exit codes: 0 stopped as asked, 1 could not start, 2 bad configuration. */

import { flushCompileCache } from "node:module";
import { pino } from "pino";
import { createServer, type RunningServer } from "./app.ts";
import { ConfigurationError, faultLines } from "./config/configuration-error.ts";
import { configurationPath, type Environment, readEnvironment } from "./config/environment.ts";
import { loadFile } from "./config/load.ts";
import { MissingBuildError } from "./edge/static/bundles.ts";
import { createLog, type Log } from "./observability/log.ts";
import { NewerSchemaError } from "./store/newer-schema-error.ts";

async function start(): Promise<void> {
  // Before the environment is read, which makes the first secrets: a start that its file stops leaves nothing behind.
  const file = await loadFile(configurationPath(process.env), process.env);
  const environment = readEnvironment(process.env);
  // At once: no later start shows it, should this one fail.
  if (environment.adminTokenGenerated)
    process.stderr.write(`Administrator token, shown this once: ${environment.adminToken}\n`);
  const output = pino.destination({ dest: 1, sync: false });
  const log = createLog(environment.logLevel, output);
  const server = await createServer({ environment, file, log });
  // Before the line below: whoever reads it may send the signal at once.
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => {
      log.info({ event: isStopping ? "hurrying" : "stopping", signal });
      // Asked twice, it waits for nobody.
      if (isStopping) return server.hurry();
      isStopping = true;
      void stop(server).then((code) => {
        output.flushSync();
        process.exit(code);
      });
    });
  // A terminal that is closed sends the same signal, and means the end.
  const { stdin, stdout, stderr } = process;
  if (![stdin, stdout, stderr].some(({ isTTY }) => isTTY)) reloadOnSignal(server, environment, log);
  // Not through the log: whoever waits for this line gets it at every LOG_LEVEL.
  process.stdout.write(
    `${JSON.stringify({ event: "listening", url: server.url, publicUrl: server.publicOrigin })}\n`,
  );
  flushCompileCache();
}

/** SIGHUP: the configuration file counts as it is now. One with a fault is refused whole, and what was there goes on. */
function reloadOnSignal(
  server: RunningServer,
  { configPath }: Pick<Environment, "configPath">,
  log: Log,
): void {
  let reloading: Promise<void> = Promise.resolve();

  async function reload(): Promise<void> {
    try {
      await server.reload(await loadFile(configPath, process.env));
      log.info({ event: "configuration_reloaded" });
    } catch (error) {
      const faults = error instanceof ConfigurationError ? faultLines(error.faults) : [messageOf(error)];
      log.error({ event: "configuration_refused", faults });
    }
  }

  process.on("SIGHUP", () => {
    reloading = reloading.then(reload);
  });
}

/** @returns the exit code */
async function stop(server: RunningServer): Promise<number> {
  const tooLate = new Promise<number>((resolve) => setTimeout(resolve, server.stopMs, 0).unref());
  const stopped = server.close().then(
    () => 0,
    (error: unknown) => {
      complain([`The server did not stop cleanly: ${messageOf(error)}`]);
      return 1;
    },
  );
  return Promise.race([stopped, tooLate]);
}

function complain(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export async function run(): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (error instanceof ConfigurationError) complain(faultLines(error.faults));
    else complain([messageOf(error)]);
    const isConfiguration =
      error instanceof ConfigurationError ||
      error instanceof MissingBuildError ||
      error instanceof NewerSchemaError;
    // Not by itself: what was opened of Redis or PostgreSQL would hold a process that serves nobody.
    process.exit(isConfiguration ? 2 : 1);
  }
}
