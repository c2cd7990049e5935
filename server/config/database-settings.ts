import type { ConfigurationFault } from "./configuration-error.ts";

/** DATABASE_URL and DATABASE_CONNECTIONS: the database that many nodes share. */
export interface DatabaseSettings {
  /** Has the password in it: never to be shown. */
  readonly url: string;
  /** Of this node, at most; 2–500, default 10. */
  readonly connections: number;
}

const defaultConnections = 10;

/** @returns null where DATABASE_URL is absent: the embedded database is used */
export function readDatabaseSettings(
  env: NodeJS.ProcessEnv,
  note: (fault: ConfigurationFault) => void,
): DatabaseSettings | null {
  const { DATABASE_URL: url, DATABASE_CONNECTIONS } = env;
  const connections = Number(DATABASE_CONNECTIONS || defaultConnections);
  if (!Number.isInteger(connections) || connections < 2 || connections > 500)
    note({ path: "DATABASE_CONNECTIONS", message: "must be a whole number from 2 to 500" });
  if (!url) return null;
  if (!namesDatabase(url))
    note({ path: "DATABASE_URL", message: "must be like postgres://user:password@host:5432/database" });
  return { url, connections };
}

function namesDatabase(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, pathname, searchParams } = new URL(url);
  // A socket in the file system is named by a parameter.
  const hasPlace = hostname !== "" || searchParams.has("host");
  return ["postgres:", "postgresql:"].includes(protocol) && hasPlace && /^\/[^/]+$/.test(pathname);
}

/**
 * Whether the connection leaves this machine without being told to check that it has come to the right one.
 * @param url one that was not refused
 */
export function trustsTheWay(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get("host") ?? decodeURIComponent(hostname);
  const isHere = host.startsWith("/") || /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
  return !isHere && searchParams.get("sslmode") !== "verify-full";
}
