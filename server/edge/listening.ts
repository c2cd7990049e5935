import { once } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { ConfigurationError } from "../config/configuration-error.ts";
import { originOf, reachable } from "./access/own-origins.ts";

export interface ListeningAddress {
  /** As an origin that a client on this machine can use. */
  readonly url: string;
  readonly port: number;
}

/**
 * Connections that the system accepts for us while the event loop is busy; it may grant fewer (`net.core.somaxconn`). Those of a
 * whole node come within a second when it dies, and Node's own 511 are full in a tenth of that: whoever finds no room is not
 * told so, and waits for ten seconds.
 */
const backlog = 4096;

/**
 * @param port 0 for any that is free
 * @throws ConfigurationError where the host is not one of this machine; an error that names the port where it can't be had
 */
export async function listen(server: Server, port: number, host: string): Promise<ListeningAddress> {
  try {
    server.listen({ port, host, backlog });
    await once(server, "listening");
  } catch (error) {
    throw isNoAddress(error)
      ? new ConfigurationError([{ path: "HOST", message: "is no address of this machine" }])
      : namingPort(error, port, host);
  }
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  return { url: originOf(reachable(host), actual), port: actual };
}

const isNoAddress = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  ["ENOTFOUND", "EADDRNOTAVAIL", "EAI_AGAIN", "EINVAL"].includes(String(error.code));

const whyNoPort: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use: stop what listens there, or set PORT to a free one",
  EACCES: "is not for this user to listen on: set PORT to 1024 or higher",
};

/** No fault of the configuration: the port may be free a moment later, when the server of before has stopped. */
function namingPort(error: unknown, port: number, host: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = whyNoPort[code];
  return why ? new Error(`Port ${port} of ${host} ${why} (${code}).`, { cause: error }) : error;
}

/**
 * Connections that no request is under way on. Node's own `closeIdleConnections` leaves out those that never sent one, and
 * browsers open some ahead of need.
 *
 * @returns a function that ends them
 */
export function trackQuietConnections(server: Server): () => void {
  const quiet = new Set<Socket>();
  // One function for all connections, and none for those that have become WebSockets: they stay, in thousands.
  function closed(this: Socket): void {
    quiet.delete(this);
  }
  server.on("connection", (socket: Socket) => {
    quiet.add(socket);
    socket.on("close", closed);
  });
  server.on("upgrade", ({ socket }) => {
    quiet.delete(socket);
    socket.off("close", closed);
  });
  server.on("request", ({ socket }, response) => {
    quiet.delete(socket);
    response.on("close", () => {
      // A request may be answered after the one behind it made a WebSocket of the connection, which nobody watches here any more.
      if (!socket.destroyed && socket.listenerCount("close", closed) > 0) quiet.add(socket);
    });
  });
  return () => {
    for (const socket of quiet) socket.destroy();
  };
}

/**
 * Accepts no more connections, lets the requests under way finish, and cuts what is left at the limit.
 *
 * @param options.limitMs in milliseconds
 * @param options.endQuiet ends connections without a request under way
 * @param options.cut ends what is not HTTP any more: the sockets that have not answered their closing
 */
export async function closeHttp(
  server: Server,
  options: { readonly limitMs: number; readonly endQuiet: () => void; readonly cut: () => void },
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  options.endQuiet();
  // A connection kept alive becomes quiet once its request is answered.
  const quiet = setInterval(options.endQuiet, 50);
  const limit = setTimeout(() => {
    options.cut();
    server.closeAllConnections();
  }, options.limitMs);
  await closed;
  clearInterval(quiet);
  clearTimeout(limit);
}
