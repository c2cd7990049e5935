import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../../shared/clock.ts";
import type { Config } from "../../config/config.ts";
import { ConfigurationError, maxFaultsShown } from "../../config/configuration-error.ts";
import { configurationPath, readPublicUrl } from "../../config/environment.ts";
import { loadConfig } from "../../config/load.ts";
import type { Console } from "../console.ts";
import { outboundFetch } from "../outbound.ts";
import { examineAttachments } from "./attachments.ts";
import { examineConfiguration } from "./configuration.ts";
import { dataDirectory, examineEnvironment } from "./environment.ts";
import { type Finding, problem } from "./finding.ts";
import { examineNetwork } from "./network.ts";
import { examineStorage } from "./storage.ts";

/**
 * What stands before production. Writes nothing but one object into a bucket for attachments, which it removes again, and asks
 * the network for a few seconds.
 * @returns whether there is no problem
 */
export async function doctor(
  options: { readonly config: string | undefined; readonly json: boolean },
  clock: Clock,
  console: Console,
): Promise<boolean> {
  const { env } = console;
  const { config, findings } = await readConfiguration(options.config ?? configurationPath(env), env, clock);
  const allowLoopback = env.VOUCH_ALLOW_LOOPBACK === "1";
  const network = { fetch: outboundFetch(console), allowLoopback, clock };
  const all = [
    ...examineEnvironment(env, process.version),
    ...(await examineStorage(dataDirectory(env))),
    ...(await examineAttachments(env, dataDirectory(env))),
    ...findings,
    ...(await examineNetwork(config, readPublicUrl(env), network)),
  ];
  console.print(options.json ? `${JSON.stringify(all, null, 2)}\n` : describe(all));
  return !all.some(({ level }) => level === "problem");
}

const fatal = "The server does not start with it.";

async function readConfiguration(
  path: string | null,
  env: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<{ readonly config: Config | null; readonly findings: readonly Finding[] }> {
  try {
    const config = await loadConfig(path, env, clock);
    return {
      config,
      findings: examineConfiguration(config, existsSync(join(dataDirectory(env), "vouch.db"))),
    };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const findings = error.faults
      .slice(0, maxFaultsShown)
      .map(({ path, message }) => problem(path || "configuration", message, fatal));
    const left = error.faults.length - findings.length;
    if (left > 0) findings.push(problem("configuration", `has ${left} more faults`, fatal));
    return { config: null, findings };
  }
}

const marks = { problem: "✗", warning: "!", fine: "✓" } as const;

function describe(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ level, subject, found, fix }) => [
    `${marks[level]} ${subject}: ${found}`,
    ...(fix === undefined ? [] : [`    fix: ${fix}`]),
  ]);
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  return `${lines.join("\n")}\n\nproblems: ${count("problem")}, warnings: ${count("warning")}\n`;
}
