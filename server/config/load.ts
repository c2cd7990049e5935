import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { JsonFault, parseStrictJson } from "../identity/strict-json.ts";
import type { Config } from "./config.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { type ConfigParts, parseConfig, parseParts, toConfig } from "./parse.ts";

export { ConfigurationError, parseConfig };

/** A configuration nests deeper than a token: community, keys, JWK set, certificates. */
const maxDepth = 16;

/** The configuration file: what it says, and what that means. */
export interface FileConfiguration {
  readonly json: unknown;
  readonly parts: ConfigParts;
}

/**
 * @param path null: the empty configuration, with a warning
 * @throws ConfigurationError
 */
export async function loadFile(
  path: string | null,
  env: NodeJS.ProcessEnv,
  clock: Clock = systemClock,
): Promise<FileConfiguration> {
  if (path !== null) return readFileContent(parseFile(await read(path)), env, clock);
  const { json, parts } = await readFileContent({}, env, clock);
  const warning =
    "There is no configuration file: set VOUCH_CONFIG, put a vouch.json into the working directory, or use the administrators' API.";
  return { json, parts: { ...parts, warnings: [warning, ...parts.warnings] } };
}

/** @throws ConfigurationError */
export async function loadConfig(
  path: string | null,
  env: NodeJS.ProcessEnv,
  clock: Clock = systemClock,
): Promise<Config> {
  return toConfig((await loadFile(path, env, clock)).parts);
}

/** @throws ConfigurationError */
export const readFileContent = async (
  json: unknown,
  env: NodeJS.ProcessEnv,
  clock: Clock = systemClock,
): Promise<FileConfiguration> => ({ json, parts: await parseParts(json, env, clock) });

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw fileError(`the configuration file ${path} can't be read${reason}`);
  }
}

function parseFile(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw fileError("the configuration file is not valid UTF-8");
  try {
    // Editors that put a byte order mark in front mean no harm.
    return parseStrictJson(bytes.toString("utf8").replace(/^\uFEFF/, ""), maxDepth);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    if (error.path) throw new ConfigurationError([{ path: error.path, message: error.message }]);
    throw fileError(`the configuration file ${error.message}`);
  }
}

const fileError = (message: string): ConfigurationError => new ConfigurationError([{ path: "", message }]);
