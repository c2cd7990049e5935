/**
 * Sockets for where WebSockets may not get through: over HTTP until one does again, over WebSockets from then on. Loaded when
 * the first WebSockets have failed.
 */

import type { DetourOf, OpenSocket, Socket, SocketHandlers } from "../../surroundings.ts";
import { type Downward, openHttpLine } from "./http-line.ts";
import { firstWay, nextWay, type Outcome } from "./way.ts";

/** From the opening of a WebSocket that is tried beside HTTP to its `ready`. */
const trialPatienceMs = 10_000;

const known = new WeakMap<object, OpenSocket>();

export const detourOf: DetourOf = (surroundings) => {
  const detour = known.get(surroundings) ?? createDetour(surroundings);
  known.set(surroundings, detour);
  return detour;
};

function createDetour({ fetch, after, openSocket, visible }: Parameters<DetourOf>[0]): OpenSocket {
  let way = firstWay;
  /** Streams were held back when they were last tried. */
  let downward: Downward = "stream";

  function went(outcome: Outcome): void {
    way = nextWay(way, outcome);
    // Another network, perhaps, and what held streams back may be gone.
    if (outcome === "failed" || outcome === "regained") downward = "stream";
  }

  /** Opens a connection and notes how it goes. */
  function noted(handlers: SocketHandlers, open: (noting: SocketHandlers) => Socket): Socket {
    let isOpen = true;
    const over = (outcome: Outcome | null): void => {
      if (isOpen && outcome) went(outcome);
      isOpen = false;
    };
    const socket = open({
      opened: handlers.opened,
      text(data) {
        if (isReadyFrame(data)) over("ready");
        handlers.text(data);
      },
      closed(code, reason) {
        over(isFault(code) ? "failed" : null);
        handlers.closed(code, reason);
      },
    });
    return {
      send: socket.send.bind(socket),
      close() {
        // It has been waited for long enough.
        over("failed");
        socket.close();
      },
    };
  }

  function openOverHttp(handlers: SocketHandlers): Socket {
    /** A WebSocket beside the line, until it is ready; then it takes the line's place. */
    let trial: Socket | null = null;
    let isPlanned = false;
    let cancelTrial = (): void => {};
    /** Who has asked who is here. */
    let asking: Socket | null = null;
    const ask = (socket: Socket): void => {
      asking = socket;
      handlers.opened();
      asking = null;
    };
    const line: Socket = openHttpLine({ fetch, after }, downward, {
      opened: () => ask(line),
      text(data) {
        handlers.text(data);
        if (!isPlanned && isReadyFrame(data)) plan();
      },
      closed(code, reason) {
        stopTrial();
        handlers.closed(code, reason);
      },
      heldBack() {
        downward = "poll";
      },
    });
    let current: Socket = line;

    function plan(): void {
      isPlanned = true;
      cancelTrial = after(way.trialMs, () => (visible() ? tryWebSocket() : plan()));
    }

    function stopTrial(): void {
      cancelTrial();
      const given = trial;
      trial = null;
      given?.close();
    }

    function tryWebSocket(): void {
      const mine: Socket = openSocket({
        opened: () => mine === trial && ask(mine),
        text(data) {
          if (mine === current) handlers.text(data);
          else if (mine === trial && isReadyFrame(data)) change(mine, data);
        },
        closed(code, reason) {
          if (mine === current) handlers.closed(code, reason);
          else if (mine === trial) giveUp();
        },
      });
      trial = mine;
      cancelTrial = after(trialPatienceMs, giveUp);
    }

    function giveUp(): void {
      stopTrial();
      went("stillBlocked");
      plan();
    }

    /** What the line still carries is sent again, or comes again: by its id and its `seq` nothing counts twice. */
    function change(to: Socket, ready: string): void {
      cancelTrial();
      current = to;
      trial = null;
      line.close();
      went("regained");
      handlers.text(ready);
    }

    return {
      send: (text) => (asking ?? current).send(text),
      close() {
        stopTrial();
        current.close();
      },
    };
  }

  return (handlers) => noted(handlers, way.kind === "http" ? openOverHttp : openSocket);
}

function isReadyFrame(data: string): boolean {
  try {
    return JSON.parse(data).t === "ready";
  } catch {
    return false;
  }
}

/** Of the way, and not a word of the server, which has then been reached. */
const isFault = (code: number): boolean => code < 1012 || code === 1015;
