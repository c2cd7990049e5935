import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createProviderHandler, type Handler, type ProviderClient } from "./provider/handler.ts";

export interface DemoProvider {
  /** The issuer. */
  readonly url: string;
  /** Answers from now on; before, everything is “not yet”. */
  serve(client: ProviderClient): void;
  close(): Promise<void>;
}

/** How long a client that comes too early is asked to wait, in seconds. */
const notYetSeconds = "1";

/**
 * “Acme ID”, where customers of the demo have their accounts: an OpenID provider, the package `oidc-provider` with pages of
 * our own. It listens before it can answer: the companion is told its address, and it is told the companion's.
 *
 * Rejects with the system's error where the port can't be had (`EADDRINUSE`).
 * @param port 0: any free one
 */
export async function startProvider({
  port,
  host = "127.0.0.1",
}: {
  readonly port: number;
  readonly host?: string;
}): Promise<DemoProvider> {
  const server = createServer();
  const tooEarly: Handler = (_request, response) => {
    response.writeHead(503, { "retry-after": notYetSeconds }).end();
  };
  server.on("request", tooEarly);
  server.listen(port, host);
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  const url = `http://localhost:${taken}`;
  return {
    url,
    serve(client) {
      server.off("request", tooEarly);
      server.on("request", createProviderHandler(url, client));
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
