import { once } from "node:events";
import type { Server } from "node:http";
import { originOf, reachable } from "./access/own-origins.ts";

export interface ListeningAddress {
  /** As an origin that a client on this machine can use. */
  readonly url: string;
  readonly port: number;
}

/** @param port 0 for any that is free */
export async function listen(server: Server, port: number, host: string): Promise<ListeningAddress> {
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  return { url: originOf(reachable(host), actual), port: actual };
}

/**
 * Accepts no more connections, lets the requests under way finish, and cuts what is left at the limit.
 *
 * @param options.limitMs in milliseconds
 * @param options.cut ends what is not HTTP any more: the sockets that have not answered their closing
 */
export async function closeHttp(
  server: Server,
  options: { readonly limitMs: number; readonly cut: () => void },
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection kept alive becomes idle once its request is answered.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const limit = setTimeout(() => {
    options.cut();
    server.closeAllConnections();
  }, options.limitMs);
  await closed;
  clearInterval(idle);
  clearTimeout(limit);
}
