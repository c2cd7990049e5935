/** A host website on an origin of its own, whose pages are whatever the test says. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface HostPage {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HostSite {
  /** Such as `http://localhost:40123`. */
  readonly origin: string;
  /** Serves the page at the path from now on; answers with its address. */
  serve(path: string, page: HostPage): string;
  close(): Promise<void>;
}

/** @param host `localhost`, or `127.0.0.1` for an origin that no deployment allows */
export async function startHostSite(host = "localhost"): Promise<HostSite> {
  const pages = new Map<string, HostPage>();
  const server = createServer((request, response) => {
    const page = pages.get(new URL(request.url ?? "/", "http://host").pathname);
    if (!page) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...page.headers }).end(page.html);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    serve: (path, page) => {
      pages.set(path, page);
      return `${origin}${path}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
