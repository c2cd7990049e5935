import type { RedisClientOptions } from "redis";

/** Unanswered commands of one connection; a server that falls so far behind is taken for lost. */
const mostWaiting = 10_000;

const connectMs = 2000;

/** What every connection is made with: at its first fault it ends, and all begins anew (`keep-link.ts`). */
export const connectionOptions = {
  disableOfflineQueue: true,
  commandsQueueMaxLength: mostWaiting,
  // The package would set a timer for each command; silence is noticed by the pulse of the bus.
  commandOptions: { timeout: 0 },
  maintNotifications: "disabled",
  RESP: 3,
} as const satisfies RedisClientOptions;

export const socketOptions = { connectTimeout: connectMs, reconnectStrategy: false } as const;

/** A server of Redis, as a URL says it. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Its number; a cluster has 0 alone. */
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/**
 * REDIS_URL: one address, or several of a cluster, separated by commas. One is enough for a cluster; several are for
 * the case that one does not answer.
 *
 * @returns null where it is none
 */
export function parseRedisUrl(text: string): readonly RedisAddress[] | null {
  const addresses = text.split(",").map((part) => parseAddress(part.trim()));
  if (!addresses.every((address) => address !== null)) return null;
  const isOfCluster = addresses.length > 1;
  return isOfCluster && addresses.some(({ database }) => database !== 0) ? null : addresses;
}

function parseAddress(text: string): RedisAddress | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "") return null;
  const [, database = "0"] = /^\/?$|^\/(\d{1,5})$/.exec(url.pathname) ?? [null, null];
  if (database === null || url.search !== "" || url.hash !== "") return null;
  try {
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: Number(url.port || 6379),
      tls: url.protocol === "rediss:",
      database: Number(database),
      username: decoded(url.username),
      password: decoded(url.password),
    };
  } catch {
    // A stray percent sign.
    return null;
  }
}

const decoded = (part: string): string | undefined => (part === "" ? undefined : decodeURIComponent(part));

export const socketOf = ({ host, port, tls }: RedisAddress) =>
  tls ? { host, port, tls, ...socketOptions } : { host, port, ...socketOptions };

export const credentialsOf = ({ username, password }: RedisAddress) => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
});
