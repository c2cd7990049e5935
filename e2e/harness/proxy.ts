/** Something in between, as hotels, companies and phone networks put it before their guests. */

import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface Rules {
  /** What becomes of WebSockets: let through, refused by a status, cut, or answered by the portal's page. */
  upgrades: "pass" | 403 | 426 | 502 | "cut" | "page";
  /** Event streams are passed on as they come, or once they are whole. */
  streams: "pass" | "held";
  /** Everything is answered by a page that asks for a room number. */
  portal: boolean;
  /** A connection that is silent for so long is cut, in milliseconds; null: none is. */
  idleMs: number | null;
  /** Requests whose path begins so get no answer, or this one, so many of them; after that they pass. */
  lost: Loss | null;
}

export interface Loss {
  readonly path: string;
  times: number;
  /** Cut, where it is left out. */
  readonly by?: Answer;
}

/** The body is a page, unless it says otherwise. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
}

export interface TestProxy {
  readonly url: string;
  readonly rules: Rules;
  /** Paths asked for, WebSockets by `WS path`, in their order. */
  readonly asked: readonly string[];
  /** WebSockets open through it now. */
  webSockets(): number;
  forward(url: string): void;
  /** Cuts every connection there is, in the middle of whatever it carries. */
  reset(): void;
  close(): Promise<void>;
}

const page = "<!doctype html><title>Welcome</title><p>Please enter your room number.</p>";

export async function startProxy(): Promise<TestProxy> {
  const rules: Rules = { upgrades: "pass", streams: "pass", portal: false, idleMs: null, lost: null };
  const asked: string[] = [];
  const sockets = new Set<Socket | Duplex>();
  let through = 0;
  let target = new URL("http://localhost");

  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${pathOf(incoming)}`);
    const { lost } = rules;
    if (lost && pathOf(incoming).startsWith(lost.path) && lost.times-- > 0) lose(lost, outgoing);
    else if (rules.portal) outgoing.setHeader("content-type", "text/html").end(page);
    else pass(incoming, outgoing);
  });

  function lose({ by }: Loss, outgoing: ServerResponse): void {
    if (!by) outgoing.destroy();
    else if (by.json)
      outgoing.writeHead(by.status, { "content-type": "application/json" }).end(JSON.stringify(by.json));
    else outgoing.writeHead(by.status, { "content-type": "text/html" }).end(page);
  }

  function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url = "/", headers } = incoming;
    const onward = request(new URL(url, target), { method: method ?? "GET", headers });
    onward.on("response", (response) => {
      const { statusCode = 502, headers } = response;
      const isHeld = rules.streams === "held" && headers["content-type"]?.startsWith("text/event-stream");
      if (!isHeld) {
        outgoing.writeHead(statusCode, headers);
        response.pipe(outgoing);
        return;
      }
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => outgoing.writeHead(statusCode, headers).end(Buffer.concat(parts)));
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  server.on("connection", (socket: Socket) => watch(socket));
  server.on("upgrade", (incoming, socket, head) => {
    asked.push(`WS ${pathOf(incoming)}`);
    const { upgrades } = rules;
    if (upgrades === "cut") socket.destroy();
    else if (upgrades === "page" || rules.portal) answer(socket, "200 OK", page);
    else if (upgrades !== "pass") answer(socket, `${upgrades} No`, "");
    else tunnel(incoming, socket, head);
  });

  function tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const onward = connect(Number(target.port), target.hostname);
    watch(onward);
    through++;
    const lines = incoming.rawHeaders.flatMap((name, index, all) =>
      index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : [],
    );
    onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
    socket.on("close", () => {
      through--;
      onward.destroy();
    });
    onward.on("close", () => socket.destroy());
  }

  function watch(socket: Socket): void {
    sockets.add(socket);
    // Cut by a test, or by the browser.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (rules.idleMs !== null) socket.setTimeout(rules.idleMs, () => socket.destroy());
  }

  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    rules,
    asked,
    webSockets: () => through,
    forward(url) {
      target = new URL(url);
    },
    reset() {
      for (const socket of sockets) (socket as Socket).resetAndDestroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const pathOf = ({ url = "" }: IncomingMessage): string => url.replace(/\?.*$/, "");

function answer(socket: Duplex, status: string, body: string): void {
  socket.on("error", () => {});
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
