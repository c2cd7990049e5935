import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../../shared/clock.ts";
import type { AgentClientFrame, AgentServerFrame } from "../../../shared/protocol.ts";
import { parseFrame } from "./frames.ts";
import { afterClose, type LinkState } from "./link-state.ts";
import type { Timers } from "./timers.ts";

/** From opening a socket to its `ready`; a network that swallows packets must not hold the desk for minutes. */
const readyLimitMs = 10_000;
/** How long a socket that slept or changed networks may take to show that it lives. */
const probeMs = 5000;
/** Our own close code for a peer that has fallen silent; the range 4000–4099 is free for clients. */
const silent = 4000;

export type DeskSocket = Pick<WebSocket, "addEventListener" | "send" | "close">;

export interface LinkDeps {
  readonly token: string;
  readonly openSocket: () => DeskSocket;
  readonly clock: Clock;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onFrame: (frame: AgentServerFrame) => void;
}

export interface Link {
  readonly state: ReadonlySignal<LinkState>;
  /** @returns whether it left; frames are not kept for later, what matters is sent again after `ready` */
  send(frame: AgentClientFrame): boolean;
  /**
   * Ends a wait: the agent pressed “Try now”, the network is back, the tab is looked at again. A socket that looks open is asked,
   * with less patience than usual: after sleep it may be dead.
   */
  wake(): void;
  stop(): void;
}

/** One WebSocket after another to `/api/v1/agent/socket`: authenticates, keeps alive, comes back. */
export function createLink(deps: LinkDeps): Link {
  const state = signal<LinkState>({ kind: "connecting", attempt: 0 });
  let socket: DeskSocket | null = null;
  let cancelTimer = () => {};
  let wantedDelayMs: number | null = null;
  let heartbeatMs = 0;
  /** The last ping has not been answered by any frame yet. */
  let pinged = false;

  /** Every state waits for one thing at most, so there is one timer. */
  function after(milliseconds: number, run: () => void): void {
    cancelTimer();
    cancelTimer = deps.timers.after(milliseconds, run);
  }

  function connect(attempt: number): void {
    wantedDelayMs = null;
    pinged = false;
    state.value = { kind: "connecting", attempt };
    const opened = deps.openSocket();
    socket = opened;
    after(readyLimitMs, () => lost(opened, silent));
    opened.addEventListener("open", () =>
      transmit(opened, { t: "auth", token: deps.token, delivered: true }),
    );
    opened.addEventListener("close", (event) => lost(opened, event.code));
    opened.addEventListener("message", (event) => {
      const frame = socket === opened ? parseFrame(event.data) : null;
      if (!frame) return;
      pinged = false;
      if (frame.t === "draining") wantedDelayMs = frame.reconnectInMs;
      if (frame.t === "ready") {
        heartbeatMs = frame.heartbeatMs;
        state.value = { kind: "live", agentName: frame.agent.name, attempt, since: deps.clock.now() };
        after(heartbeatMs, () => beat(opened));
      }
      deps.onFrame(frame);
    });
  }

  /**
   * Only a ping that nothing answers shows a dead line. How long nothing was heard does not: a hidden tab's timers run
   * once a minute, and the pings of the server are answered by the browser, unseen.
   */
  function beat(living: DeskSocket): void {
    if (pinged) lost(living, silent);
    else ping(living, heartbeatMs);
  }

  function ping(asked: DeskSocket, patienceMs: number): void {
    pinged = true;
    transmit(asked, { t: "ping" });
    after(patienceMs, () => beat(asked));
  }

  /** Called for the close event, or before it where waiting for it could take the network's own long time limits. */
  function lost(gone: DeskSocket, code: number): void {
    if (socket !== gone) return;
    socket = null;
    cancelTimer();
    gone.close();
    const now = deps.clock.now();
    const next = afterClose(state.peek(), code, { now, random: deps.random(), wantedDelayMs });
    state.value = next;
    if (next.kind === "waiting") after(next.retryAt - now, () => connect(next.attempt));
  }

  connect(0);

  return {
    state,
    send(frame) {
      if (!socket || state.peek().kind !== "live") return false;
      transmit(socket, frame);
      return true;
    },
    wake() {
      const now = state.peek();
      if (now.kind === "waiting") connect(now.attempt);
      else if (socket && now.kind === "live") ping(socket, probeMs);
    },
    stop() {
      const last = socket;
      socket = null;
      cancelTimer();
      state.value = { kind: "stopped" };
      last?.close(1000);
    },
  };
}

const transmit = (socket: DeskSocket, frame: AgentClientFrame): void => socket.send(JSON.stringify(frame));
