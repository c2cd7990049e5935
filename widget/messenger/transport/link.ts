/** The one connection to the companion: owns the socket and the timer, and passes frames up and down. */

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { ClientFrame, ServerFrame } from "../../../shared/protocol.ts";
import { attempt } from "../attempt.ts";
import type { Socket, Surroundings } from "../surroundings.ts";
import { type ConnectionEvent, type ConnectionState, nextConnection } from "./connection.ts";

export interface LinkEvents {
  /** Read at the moment of authentication: the token may have been renewed and messages read since the last time. */
  credentials(): {
    readonly token: string;
    readonly afterSeq: number;
    readonly atMost: number;
    readonly delivered: true;
  };
  frame(frame: ServerFrame): void;
  /** The server closed it for good. @param reason a problem's code */
  stopped(reason: string): void;
}

type LinkSurroundings = Pick<
  Surroundings,
  "clock" | "random" | "online" | "after" | "openSocket" | "loadDetour" | "fetch" | "visible"
>;

export interface Link {
  readonly state: ReadonlySignal<ConnectionState>;
  /** `start` connects where it does not already. */
  tell(event: "start" | "stop" | "wake" | "rest" | "offline"): void;
  /** @returns whether it was handed to a live socket; nothing is queued */
  send(frame: ClientFrame): boolean;
}

export function createLink(surroundings: LinkSurroundings, events: LinkEvents): Link {
  const { clock, random, online, after, loadDetour } = surroundings;
  const state = signal<ConnectionState>({ kind: "idle" });
  let socket: Socket | null = null;
  let cancelTimer = () => {};
  let { openSocket } = surroundings;

  function handle(event: ConnectionEvent): void {
    const before = state.peek();
    const next = nextConnection(before, event, {
      now: clock.now(),
      random: random(),
      online: online(),
    });
    if (next === before) return;
    state.value = next;
    cancelTimer();
    if ("timerMs" in next) cancelTimer = after(next.timerMs, () => handle({ kind: "timer" }));
    if (next.kind !== "live") drop();
    if (next.kind === "authenticating") open();
    if (next.kind === "live" && next.pinged) transmit({ t: "ping" });
    if (next.kind === "stopped") events.stopped(next.reason);
    // It may be that sockets are not let through.
    if (next.kind === "waiting" && next.attempt > 1)
      loadDetour().then(
        (detourOf) => {
          openSocket = detourOf(surroundings);
        },
        // Sought again after the next failure.
        () => {},
      );
  }

  function drop(): void {
    const dropped = socket;
    socket = null;
    dropped?.close();
  }

  function open(): void {
    // A socket that was dropped may still speak; only the present one is heard.
    const mine: Socket = openSocket({
      opened: () => mine === socket && transmit({ t: "auth", ...events.credentials() }),
      text: (data) => mine === socket && read(data),
      closed: (code, reason) => mine === socket && handle({ kind: "closed", code, reason }),
    });
    socket = mine;
  }

  function read(data: string): void {
    const frame: ServerFrame | null | undefined = attempt(() => JSON.parse(data));
    if (frame) receive(frame);
    // Not from our server, whatever stands in between: as good as lost.
    else handle({ kind: "closed", code: 1006, reason: "" });
  }

  function receive(frame: ServerFrame): void {
    if (frame.t === "ready") handle({ kind: "ready", heartbeatMs: frame.heartbeatMs });
    else if (frame.t === "draining") handle({ kind: "draining", reconnectInMs: frame.reconnectInMs });
    else handle({ kind: "heard" });
    if (state.peek().kind === "live") events.frame(frame);
  }

  const transmit = (frame: ClientFrame): void => socket?.send(JSON.stringify(frame));

  return {
    state,
    tell: (kind) => handle({ kind }),
    send(frame) {
      if (state.peek().kind !== "live") return false;
      transmit(frame);
      return true;
    },
  };
}
