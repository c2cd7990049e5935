import { existsSync } from "node:fs";
import { secretFault } from "../identity/shared-secret.ts";
import { parseRedisUrl, type RedisAddress } from "../redis/addresses.ts";
import { type AttachmentStorage, readAttachmentStorage } from "./attachment-storage.ts";
import { ConfigurationError, type ConfigurationFault } from "./configuration-error.ts";
import { storedSecret } from "./data-directory.ts";
import { type DatabaseSettings, readDatabaseSettings, trustsTheWay } from "./database-settings.ts";
import { isAddressBlock, isPort, parseOrigin } from "./network-forms.ts";

/** What the process was told by its environment. */
export interface Environment {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** The origin that browsers see; null: that of the listening socket. */
  readonly publicUrl: string | null;
  readonly configPath: string | null;
  readonly dataDir: string;
  /** DATABASE_URL; null: the embedded database in the data directory. */
  readonly database: DatabaseSettings | null;
  /** REDIS_URL; null: this is the only node. */
  readonly redis: readonly RedisAddress[] | null;
  readonly attachments: AttachmentStorage;
  /** VOUCH_SECRET: stored secrets are encrypted under it. */
  readonly secret: string;
  /** VOUCH_SECRET_PREVIOUS: what was encrypted under it is encrypted anew at start; null: there is none. */
  readonly previousSecret: string | null;
  readonly adminToken: string;
  /** The administrator token was made at this start: print it, once. */
  readonly adminTokenGenerated: boolean;
  /** VOUCH_AGENT_TOKEN: a first token for the agents' API. */
  readonly agentToken: string | null;
  readonly logLevel: string;
  /** Addresses and CIDR blocks whose forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly allowLoopback: boolean;
  readonly production: boolean;
  /** Things that are allowed but deserve a line at start. */
  readonly warnings: readonly string[];
}

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

/**
 * Reads the variables of `README.md`, “Configuration”; an empty one counts as absent. VOUCH_SECRET and VOUCH_ADMIN_TOKEN are
 * read from the data directory where they are absent, and made there the first time.
 *
 * @throws ConfigurationError with every fault, before anything is written
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const faults: ConfigurationFault[] = [...portFaults(env), ...tokenFaults(env)];
  const note = (path: string, message: string) => faults.push({ path, message });
  const database = readDatabaseSettings(env, (fault) => faults.push(fault));
  const attachments = readAttachmentStorage(env, (fault) => faults.push(fault));
  const redis = env.REDIS_URL ? parseRedisUrl(env.REDIS_URL) : null;
  if (env.REDIS_URL && !redis)
    note(
      "REDIS_URL",
      "must be redis://host:6379, with /1 behind it a database by its number, or rediss://…; several of a cluster, without a database, separated by commas",
    );
  const publicUrl = readPublicUrl(env);
  if (publicUrl === undefined) note("PUBLIC_URL", "must be an origin such as https://chat.acme.example");
  const logLevel = env.LOG_LEVEL || "info";
  if (!logLevels.includes(logLevel)) note("LOG_LEVEL", `must be one of ${logLevels.join(", ")}`);
  const trustedProxies = (env.TRUSTED_PROXIES ?? "").split(/[\s,]+/).filter(Boolean);
  if (!trustedProxies.every(isAddressBlock))
    note("TRUSTED_PROXIES", "must be IP addresses and CIDR blocks, separated by commas");
  if (faults.length > 0 || publicUrl === undefined) throw new ConfigurationError(faults);

  const dataDir = env.VOUCH_DATA_DIR || "./data";
  const admin = env.VOUCH_ADMIN_TOKEN
    ? { value: env.VOUCH_ADMIN_TOKEN, generated: false }
    : storedSecret(dataDir, "admin-token");
  return {
    port: Number(env.PORT || 8080),
    host: env.HOST || "127.0.0.1",
    publicUrl,
    configPath: configurationPath(env),
    dataDir,
    database,
    redis,
    attachments,
    secret: env.VOUCH_SECRET || storedSecret(dataDir, "secret").value,
    previousSecret: env.VOUCH_SECRET_PREVIOUS || null,
    adminToken: admin.value,
    adminTokenGenerated: admin.generated,
    agentToken: env.VOUCH_AGENT_TOKEN || null,
    logLevel,
    trustedProxies,
    allowLoopback: env.VOUCH_ALLOW_LOOPBACK === "1",
    production: isProduction(env),
    warnings: warningsOf(env),
  };
}

/** The file named by VOUCH_CONFIG, else `vouch.json` in the working directory if there is one. */
export const configurationPath = (env: NodeJS.ProcessEnv): string | null =>
  env.VOUCH_CONFIG || (existsSync("vouch.json") ? "vouch.json" : null);

/** @returns null where PUBLIC_URL is absent, undefined where it is no origin */
export const readPublicUrl = (env: NodeJS.ProcessEnv): string | null | undefined =>
  env.PUBLIC_URL ? parseOrigin(env.PUBLIC_URL) : null;

const isProduction = (env: NodeJS.ProcessEnv): boolean => env.NODE_ENV === "production";

const portFaults = ({ PORT }: NodeJS.ProcessEnv): readonly ConfigurationFault[] =>
  !PORT || isPort(PORT) ? [] : [{ path: "PORT", message: "must be a whole number from 0 to 65535" }];

const tokenNames = ["VOUCH_ADMIN_TOKEN", "VOUCH_AGENT_TOKEN"] as const;

function tokenFaults(env: NodeJS.ProcessEnv): readonly ConfigurationFault[] {
  const faults: ConfigurationFault[] = [];
  if (isProduction(env)) faults.push(...secretWeaknesses(env));
  for (const path of tokenNames) {
    if (/[^\x21-\x7e]/.test(env[path] ?? ""))
      faults.push({ path, message: "must be printable ASCII characters without spaces" });
  }
  if (env.VOUCH_AGENT_TOKEN && env.VOUCH_AGENT_TOKEN === env.VOUCH_ADMIN_TOKEN)
    faults.push({ path: "VOUCH_AGENT_TOKEN", message: "must not be the administrator token" });
  return faults;
}

/** An attacker who knows the former secret reads what was copied while it was in use: it is judged like the current one. */
const secretWeaknesses = (env: NodeJS.ProcessEnv): readonly ConfigurationFault[] =>
  ["VOUCH_SECRET", "VOUCH_SECRET_PREVIOUS"].flatMap((path) => {
    const message = env[path] ? secretFault(env[path]) : null;
    return message === null ? [] : [{ path, message }];
  });

function warningsOf(env: NodeJS.ProcessEnv): readonly string[] {
  const warnings: string[] = [];
  for (const { path, message } of secretWeaknesses(env))
    warnings.push(`${path} ${message}: it would be refused in production.`);
  for (const path of tokenNames) {
    const fault = env[path] ? secretFault(env[path]) : null;
    if (fault !== null) warnings.push(`${path} ${fault}: nothing else keeps strangers from what it opens.`);
  }
  if (env.VOUCH_SECRET_PREVIOUS && env.VOUCH_SECRET_PREVIOUS === env.VOUCH_SECRET)
    warnings.push("VOUCH_SECRET_PREVIOUS is VOUCH_SECRET itself: leave it out.");
  warnings.push(...sharingWarnings(env));
  if (env.VOUCH_ALLOW_LOOPBACK === "1")
    warnings.push(
      "VOUCH_ALLOW_LOOPBACK=1 permits http and private addresses: for development and tests only.",
    );
  return warnings;
}

/** What nodes have to share, and how they hear of each other. */
function sharingWarnings(env: NodeJS.ProcessEnv): readonly string[] {
  const warnings: string[] = [];
  const shared = ["REDIS_URL", "DATABASE_URL"].find((name) => env[name]);
  if (!shared) return warnings;
  for (const path of ["VOUCH_SECRET", "VOUCH_ADMIN_TOKEN"])
    if (!env[path])
      warnings.push(`${path} is this node's own: nodes that share ${shared} need the same one, so set it.`);
  if (env.REDIS_URL && !env.VOUCH_ATTACHMENTS)
    warnings.push(
      "VOUCH_ATTACHMENTS is not set: attachments lie in VOUCH_DATA_DIR/attachments, which all nodes that share REDIS_URL have to share.",
    );
  if (env.DATABASE_URL && !env.REDIS_URL)
    warnings.push(
      "DATABASE_URL is set without REDIS_URL: fine for one node; several would hear of each other's logouts and messages late, so set REDIS_URL.",
    );
  if (env.DATABASE_URL && trustsTheWay(env.DATABASE_URL))
    warnings.push(
      "DATABASE_URL names another machine without sslmode=verify-full: add it, so that the way there is encrypted and the certificate checked.",
    );
  return warnings;
}
