/** A network between the store and PostgreSQL that fails as it is told. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * `pass`: nothing happens. `cut`: connections break, and new ones as soon as they are made. `stall`: nothing comes through,
 * and nobody is told. `cutAtCommit`: the next commit reaches PostgreSQL, its answer reaches nobody; then `pass`.
 */
export type ProxyMode = "pass" | "cut" | "stall" | "cutAtCommit";

export interface DatabaseProxy {
  /** To the same database, through the proxy. */
  readonly url: string;
  set(mode: ProxyMode): void;
  close(): Promise<void>;
}

export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let mode: ProxyMode = "pass";

  const server = createServer((client) => {
    if (mode === "cut") return client.destroy();
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (data) => {
      if (mode === "stall") return;
      upstream.write(data);
      if (mode !== "cutAtCommit" || !data.includes("commit\0")) return;
      mode = "pass";
      client.removeAllListeners("close");
      client.destroy();
    });
    upstream.on("data", (data) => {
      if (mode !== "stall") client.write(data);
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: through.href,
    set(next) {
      mode = next;
      if (mode === "cut") cut();
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
