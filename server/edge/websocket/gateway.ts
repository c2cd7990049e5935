import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { closeCodes } from "../../../shared/protocol.ts";
import { createPlaces } from "../limits/places.ts";
import { admitAgent } from "./agent-socket.ts";
import { parseAgentFrame, parseClientFrame } from "./client-frames.ts";
import { Connection, ContractWebSocket } from "./connection.ts";
import { admitCustomer } from "./customer-socket.ts";
import type { SocketDependencies } from "./dependencies.ts";
import { createEndOfTurn } from "./end-of-turn.ts";
import { awaitFirstFrame } from "./first-frame.ts";
import type { Listener } from "./outlet.ts";
import { encodeFrame } from "./server-frames.ts";

type Kind = "customer" | "agent";

/** Somebody at the door. */
interface Visit {
  readonly kind: Kind;
  readonly origin: string | null;
  /** Called once it is known who it is, or that nobody is there any more. */
  readonly known: () => void;
}

export interface Gateway {
  /** For the HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Open sockets now, admitted or not. */
  count(): Readonly<Record<Kind, number>>;
  /** Called about once a second. */
  checkPulses(): void;
  /**
   * Sends everybody away to come back later, spread over time so that the next node is not met by all at once.
   *
   * @param spreadMs longest wait that a client is told
   * @param random from 0 to 1, exclusive
   */
  drain(spreadMs: number, random: () => number): void;
  /** Cuts whoever is still there. */
  close(): void;
}

const paths: ReadonlyMap<string, Kind> = new Map([
  ["/api/v1/socket", "customer"],
  ["/api/v1/agent/socket", "agent"],
]);

export function createGateway(deps: SocketDependencies): Gateway {
  const { limits, addresses, origins } = deps;
  const strangers = createPlaces(limits.unauthenticatedSocketsPerAddress);
  const endOfTurn = createEndOfTurn();
  const connections = new Map<Connection, Kind>();
  let draining = false;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    WebSocket: ContractWebSocket,
  });

  function serve(socket: WebSocket, raw: Duplex, visit: Visit): void {
    const connection = new Connection(socket, raw, { ...deps, endOfTurn }, (connection) =>
      listen(connection, visit),
    );
    connections.set(connection, visit.kind);
    socket.on("close", () => connections.delete(connection));
  }

  function listen(connection: Connection, { kind, origin, known }: Visit): Listener {
    const deadlineMs = limits.socketAuthMs;
    if (kind === "agent")
      return awaitFirstFrame(connection, {
        deadlineMs,
        parse: (text) => authOf(parseAgentFrame(text, limits.jsonDepth)),
        authenticate: async ({ token }) => {
          const listener = admitAgent(connection, token, deps);
          known();
          return listener;
        },
      });
    return awaitFirstFrame(connection, {
      deadlineMs,
      parse: (text) => authOf(parseClientFrame(text, limits.jsonDepth)),
      authenticate: async (auth) => {
        const listener = await admitCustomer(connection, auth, origin, deps);
        known();
        return listener;
      },
    });
  }

  const isWelcome = (kind: Kind, origin: string | null): boolean =>
    kind === "agent" ? origins.own(origin) : origin === null || origins.known(origin);

  /** With a close code and not by a status: a browser shows its page neither status nor body of a refused upgrade. */
  function turnAway(socket: WebSocket): void {
    socket.on("error", () => {});
    socket.close(closeCodes.notAllowed, "origin_not_allowed");
  }

  return {
    upgrade(request, socket, head) {
      socket.on("error", () => socket.destroy());
      const kind = paths.get((request.url ?? "").replace(/\?.*$/, ""));
      const origin = request.headers.origin ?? null;
      if (kind === undefined) return refuse(socket, 404);
      if (draining) return refuse(socket, 503);
      const known = strangers.take(addresses.limitKey(request));
      // Before the handshake: behind it the refused could stay as long as those who are let in.
      if (known === null) return refuse(socket, 429);
      socket.once("close", known);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        if (isWelcome(kind, origin)) serve(webSocket, socket, { kind, origin, known });
        else turnAway(webSocket);
      });
    },
    count() {
      const counts = { customer: 0, agent: 0 };
      for (const kind of connections.values()) counts[kind]++;
      return counts;
    },
    checkPulses() {
      for (const connection of connections.keys()) connection.checkPulse();
    },
    drain(spreadMs, random) {
      draining = true;
      for (const connection of [...connections.keys()]) {
        connection.send(encodeFrame({ t: "draining", reconnectInMs: Math.floor(random() * spreadMs) }));
        connection.close(closeCodes.restart, "unavailable");
      }
    },
    close() {
      for (const connection of [...connections.keys()]) connection.terminate();
    },
  };
}

const authOf = <Frame extends { readonly t: string }>(
  frame: Frame | null,
): Extract<Frame, { t: "auth" }> | null => (isAuth(frame) ? frame : null);

const isAuth = <Frame extends { readonly t: string }>(
  frame: Frame | null,
): frame is Extract<Frame, { t: "auth" }> => frame?.t === "auth";

function refuse(socket: Duplex, status: 404 | 429 | 503): void {
  // Half open it would be the peer's to end.
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
