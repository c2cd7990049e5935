/** Runs the connection: owns the one socket and the one timer, and hands frames up and down. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { ClientFrame, ServerFrame } from "../../../shared/protocol.ts";
import type { Socket, Surroundings } from "../surroundings.ts";
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  nextConnection,
} from "./connection.ts";
import { parseServerFrame } from "./frames.ts";

export interface LinkEvents {
  /** Read at the moment of authentication: the token may have been renewed and messages read since the last time. */
  credentials(): { readonly token: string; readonly afterSeq: number };
  frame(frame: ServerFrame): void;
  /** The server closed it for good, by this close code. */
  stopped(closeCode: number): void;
}

export interface Link {
  readonly state: ReadonlySignal<ConnectionState>;
  /** Connects where it does not already. */
  start(): void;
  stop(): void;
  /** After a 4401 for a session that is good: tries again, after a while. */
  again(): void;
  wake(): void;
  offline(): void;
  /** @returns whether it was handed to a live socket; nothing is queued */
  send(frame: ClientFrame): boolean;
}

export function createLink(surroundings: Surroundings, events: LinkEvents): Link {
  const state = signal<ConnectionState>({ kind: "idle" });
  let socket: Socket | null = null;
  let cancelTimer = () => {};

  function handle(event: ConnectionEvent): void {
    const before = state.peek();
    const step = nextConnection(before, event, {
      now: surroundings.clock.now(),
      random: surroundings.random(),
      online: surroundings.online() && event.kind !== "offline",
    });
    state.value = step.state;
    for (const effect of step.effects) run(effect);
    if (before.kind !== "stopped" && step.state.kind === "stopped") events.stopped(step.state.closeCode);
  }

  function run(effect: ConnectionEffect): void {
    switch (effect.kind) {
      case "open":
        open();
        break;
      case "authenticate":
        transmit({ t: "auth", ...events.credentials() });
        break;
      case "ping":
        transmit({ t: "ping" });
        break;
      case "drop": {
        const dropped = socket;
        socket = null;
        dropped?.close();
        break;
      }
      case "timer":
        cancelTimer();
        cancelTimer =
          effect.ms === null ? () => {} : surroundings.after(effect.ms, () => handle({ kind: "timer" }));
    }
  }

  function open(): void {
    // A socket that was dropped may still speak; only the present one is heard.
    const mine: Socket = surroundings.openSocket({
      opened: () => mine === socket && handle({ kind: "opened" }),
      text: (data) => mine === socket && receive(data),
      closed: (code) => {
        if (mine !== socket) return;
        socket = null;
        handle({ kind: "closed", code });
      },
    });
    socket = mine;
  }

  function receive(data: string): void {
    const frame = parseServerFrame(data);
    if (frame?.t === "ready") handle({ kind: "ready", heartbeatMs: frame.heartbeatMs });
    else if (frame?.t === "draining") handle({ kind: "draining", reconnectInMs: frame.reconnectInMs });
    else handle({ kind: "heard" });
    if (frame && state.peek().kind === "live") events.frame(frame);
  }

  const transmit = (frame: ClientFrame): void => socket?.send(JSON.stringify(frame));

  return {
    state,
    start: () => handle({ kind: "start" }),
    stop: () => handle({ kind: "stop" }),
    again: () => handle({ kind: "again" }),
    wake: () => handle({ kind: "wake" }),
    offline: () => handle({ kind: "offline" }),
    send(frame) {
      if (state.peek().kind !== "live") return false;
      transmit(frame);
      return true;
    },
  };
}
