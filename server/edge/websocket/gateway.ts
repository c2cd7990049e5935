import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { ProblemError } from "../../../shared/problem-error.ts";
import { closeCodes, type ServerFrame } from "../../../shared/protocol.ts";
import { createPlaces, type Place } from "../limits/places.ts";
import { checkedAtOnce, createTurnstile } from "../load/turnstile.ts";
import { socketPaths } from "../socket-paths.ts";
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

/** Somebody at the door, and whoever was let in. */
interface Visit {
  readonly kind: Kind;
  /** Among strangers; null once it is known who it is. */
  stranger: Place | null;
  readonly place: Place;
}

/** Somebody who can't be served here now. */
interface SentBack {
  readonly code: typeof closeCodes.restart | typeof closeCodes.tryLater;
  readonly retryInMs: number;
}

export interface Gateway {
  /** For the HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Open sockets now, admitted or not. */
  count(): Readonly<Record<Kind, number>>;
  /** The same, of both kinds together. */
  total(): number;
  /** Called about once a second. */
  checkPulses(): void;
  /** Cuts whoever is still there. */
  close(): void;
}

const refusedAtOnce = 500;
/** Refused, it has this long to hear it. */
const refusedMs = 2000;
/** What one frame may be cut into, and what network reads it may come in: each piece costs memory of its own. */
const fragmentsPerFrame = 64;
const chunksPerFrame = 1024;

export function createGateway(deps: SocketDependencies): Gateway {
  const { limits, addresses, origins, departures, shedding, metrics } = deps;
  const strangers = createPlaces(limits.unauthenticatedSocketsPerAddress);
  const shared = { ...deps, endOfTurn: createEndOfTurn(), gone };
  const connections = new Map<Connection, Visit>();
  const everybody = createPlaces(limits.socketsPerAddress);
  /** Sockets that were refused and have not gone yet: past the bounds of the node, so of these there may be few. */
  const refused = createPlaces(refusedAtOnce);
  const turnstile = createTurnstile({ atOnce: checkedAtOnce, now: metrics.now });
  const server = new WebSocketServer<typeof ContractWebSocket>({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    maxFragments: fragmentsPerFrame,
    maxBufferedChunks: chunksPerFrame,
    WebSocket: ContractWebSocket,
  });

  function serve(socket: ContractWebSocket, raw: Duplex, visit: Visit, origin: string | null): void {
    const connection = new Connection(socket, raw, shared, (connection) => listen(connection, visit, origin));
    connections.set(connection, visit);
    departures.join(connection);
  }

  function gone(connection: Connection): void {
    const visit = connections.get(connection);
    visit?.stranger?.leave();
    visit?.place.leave();
    connections.delete(connection);
    departures.leave(connection);
  }

  function listen(connection: Connection, visit: Visit, origin: string | null): Listener {
    const deadlineMs = limits.socketAuthMs;
    const admitted = (listener: Listener): void => {
      visit.stranger?.leave();
      visit.stranger = null;
      connection.handTo(listener);
    };
    if (visit.kind === "agent")
      return awaitFirstFrame(connection, {
        deadlineMs,
        parse: (text) => authOf(parseAgentFrame(text, limits.jsonDepth)),
        authenticate: (auth) => admitAgent(connection, auth, deps),
        admitted,
      });
    return awaitFirstFrame(connection, {
      deadlineMs,
      parse: (text) => authOf(parseClientFrame(text, limits.jsonDepth)),
      authenticate: (auth) => inTurn(connection, () => admitCustomer(connection, auth, origin, deps)),
      admitted,
    });
  }

  /** Not at the door: strangers who never say who they are could hold all places. */
  async function inTurn(connection: Connection, admit: () => Promise<Listener>): Promise<Listener> {
    const passage = turnstile.enter();
    if (passage.kind === "later") {
      connection.send(encodeFrame({ t: "draining", reconnectInMs: passage.retryInMs }));
      throw new ProblemError("unavailable", { detail: "Many come back at the same time." });
    }
    try {
      return await admit();
    } finally {
      passage.leave();
    }
  }

  const isWelcome = (kind: Kind, origin: string | null): boolean =>
    kind === "agent" ? origins.own(origin) : origin === null || origins.known(origin);

  /** With a close code and not by a status: a browser shows its page neither status nor body of a refused upgrade. */
  function turnAway(socket: WebSocket): void {
    socket.on("error", () => {});
    socket.close(closeCodes.notAllowed, "origin_not_allowed");
  }

  /** For the same reason the handshake is made with those as well who can't stay. */
  function sendBack(request: IncomingMessage, raw: Duplex, head: Buffer, turned: SentBack): void {
    const place = refused.take("");
    if (place === null) {
      refuse(raw, 503, turned.retryInMs);
      return;
    }
    raw.once("close", () => place.leave());
    const limit = setTimeout(() => raw.destroy(), refusedMs);
    raw.once("close", () => clearTimeout(limit));
    server.handleUpgrade(request, raw, head, (socket) => {
      socket.on("error", () => {});
      socket.send(JSON.stringify({ t: "draining", reconnectInMs: turned.retryInMs } satisfies ServerFrame));
      socket.close(turned.code, "unavailable");
    });
  }

  /** Why nobody can come in now, if so. */
  function closedDoor(): SentBack | null {
    // The balancer will have noticed by the next attempt.
    if (departures.started) return { code: closeCodes.restart, retryInMs: 0 };
    const turned = shedding.turns();
    if (turned) metrics.connectionRefused(turned.pressure);
    return turned && { code: closeCodes.tryLater, retryInMs: turned.retryInMs };
  }

  return {
    upgrade(request, socket, head) {
      socket.on("error", destroyed);
      const kind = socketPaths.get((request.url ?? "").replace(/\?.*$/, ""));
      const origin = request.headers.origin ?? null;
      if (kind === undefined) return refuse(socket, 404);
      const door = closedDoor();
      if (door) return sendBack(request, socket, head, door);
      const address = addresses.limitKey(request);
      const stranger = strangers.take(address);
      const place = everybody.take(address);
      const closed = () => {
        stranger?.leave();
        place?.leave();
      };
      socket.on("close", closed);
      // Before the handshake: behind it the refused could stay as long as those who are let in.
      if (stranger === null || place === null) return refuse(socket, 429);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        if (!isWelcome(kind, origin)) return turnAway(webSocket);
        // The WebSocket takes care of both now. Thousands stay, and these would stay with them.
        socket.off("error", destroyed).off("close", closed);
        serve(webSocket, socket, { kind, stranger, place }, origin);
      });
    },
    count() {
      const counts = { customer: 0, agent: 0 };
      for (const { kind } of connections.values()) counts[kind]++;
      return counts;
    },
    total: () => connections.size,
    checkPulses() {
      for (const connection of connections.keys()) connection.checkPulse();
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

function destroyed(this: Duplex): void {
  this.destroy();
}

/** @param retryInMs for how long to stay away; told where it is known */
function refuse(socket: Duplex, status: 404 | 429 | 503, retryInMs?: number): void {
  // Half open it would be the peer's to end.
  socket.once("finish", () => socket.destroy());
  const retry = retryInMs === undefined ? "" : `Retry-After: ${Math.ceil(retryInMs / 1000)}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${retry}Content-Length: 0\r\n\r\n`,
  );
}
