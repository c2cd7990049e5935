/**
 * The life of the WebSocket as a pure state machine: (what is the case, what happened) → what is the case now. What is to
 * be done follows from the state; `link.ts`, which owns the socket and the one timer, does it.
 */

import { backoffMs } from "./backoff.ts";

/** `timerMs`: how long this may last; then comes the event `timer`. `attempt`: losses in a row so far. */
export type ConnectionState =
  /** No session to connect for. */
  | { readonly kind: "idle" }
  /** Connecting, or waiting for `ready`. */
  | { readonly kind: "authenticating"; readonly attempt: number; readonly timerMs: number }
  /** `pinged`: the last ping has not been answered by any frame yet. */
  | {
      readonly kind: "live";
      readonly attempt: number;
      readonly timerMs: number;
      readonly heartbeatMs: number;
      readonly pinged: boolean;
    }
  /**
   * Lost, or let go. `retryAt` (milliseconds since 1970-01-01 UTC) is null while the browser says that there is no network, and
   * while nobody looks.
   */
  | {
      readonly kind: "waiting";
      readonly attempt: number;
      readonly timerMs: number;
      readonly retryAt: number | null;
    }
  /** The server will not have us, and trying again would not help. `reason` is a problem's code. */
  | { readonly kind: "stopped"; readonly reason: string };

export type ConnectionEvent =
  | { readonly kind: "start" }
  | { readonly kind: "stop" }
  | { readonly kind: "ready"; readonly heartbeatMs: number }
  /** Any other frame. */
  | { readonly kind: "heard" }
  | { readonly kind: "draining"; readonly reconnectInMs: number }
  | { readonly kind: "closed"; readonly code: number; readonly reason: string }
  | { readonly kind: "timer" }
  /** Online again, visible again, or “try now”. */
  | { readonly kind: "wake" }
  /** Nobody looks, and has not for a while. */
  | { readonly kind: "rest" }
  | { readonly kind: "offline" };

export interface ConnectionContext {
  /** Milliseconds since 1970-01-01 UTC; shown to people, decides nothing. */
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
  readonly online: boolean;
}

/** From the socket's opening to `ready`. */
export const authenticationMs = 10_000;
/** How long a socket that slept or changed networks may take to show that it lives. */
export const probeMs = 5000;
/** Browsers are sometimes wrong about being offline: look anyway, this often. */
export const offlineLookMs = 15_000;
/** What is let go while nobody looks is taken up by `wake`; this long, so that nothing waits for ever. */
export const restMs = 86_400_000;
/** No server sends anybody away for longer. */
export const drainAtMostMs = 60_000;

/** The same object where nothing changes. */
export function nextConnection(
  state: ConnectionState,
  event: ConnectionEvent,
  context: ConnectionContext,
): ConnectionState {
  const attempt = "attempt" in state ? state.attempt : 0;
  switch (event.kind) {
    case "start":
      return state.kind === "live" || state.kind === "authenticating" ? state : connecting(0);
    case "stop":
      return { kind: "idle" };
    case "ready":
      return live(attempt, event.heartbeatMs);
    case "heard":
      return state.kind === "live" && state.pinged ? live(attempt, state.heartbeatMs) : state;
    case "draining":
      return until(0, Math.min(event.reconnectInMs, drainAtMostMs), context);
    case "closed":
      return closed(state.kind === "live" ? attempt : attempt + 1, event, context);
    case "timer":
      return elapsed(state, context);
    case "wake":
      if (state.kind === "waiting") return connecting(attempt);
      // After sleep or a change of networks a dead socket still looks open: ask it, with less patience than usual.
      return state.kind === "live" ? { ...state, pinged: true, timerMs: probeMs } : state;
    case "rest":
    case "offline":
      return "timerMs" in state ? away(attempt, event.kind === "rest" ? restMs : offlineLookMs) : state;
  }
}

/**
 * What a close code says about coming back: `closeCodes` in `shared/protocol.ts`.
 * @param attempt only a connection that never came to be counts as one more failure; a lost one starts where it stood
 */
function closed(
  attempt: number,
  { code, reason }: Extract<ConnectionEvent, { kind: "closed" }>,
  context: ConnectionContext,
): ConnectionState {
  if ([4400, 4401, 4403, 4409].includes(code)) return { kind: "stopped", reason };
  return lost([4429, 1013].includes(code) ? Math.max(attempt, 3) : attempt, context);
}

function elapsed(state: ConnectionState, context: ConnectionContext): ConnectionState {
  switch (state.kind) {
    case "authenticating":
      // A refusal comes at once. Where nobody answers, something in between may be in the way: that counts twice.
      return lost(state.attempt + 2, context);
    case "waiting":
      return connecting(state.attempt);
    case "live":
      // It lived through a whole heartbeat: only now are the failures before it forgotten. A server that takes
      // connections and drops them at once must not be hammered at the shortest delay.
      return state.pinged ? lost(state.attempt, context) : { ...state, attempt: 0, pinged: true };
    default:
      return state;
  }
}

const connecting = (attempt: number): ConnectionState => ({
  kind: "authenticating",
  attempt,
  timerMs: authenticationMs,
});

const live = (attempt: number, heartbeatMs: number): ConnectionState => ({
  kind: "live",
  attempt,
  timerMs: heartbeatMs,
  heartbeatMs,
  pinged: false,
});

const lost = (attempt: number, context: ConnectionContext): ConnectionState =>
  context.online ? until(attempt, backoffMs(attempt, context.random), context) : away(attempt, offlineLookMs);

const until = (attempt: number, timerMs: number, { now }: ConnectionContext): ConnectionState =>
  away(attempt, timerMs, now + timerMs);

const away = (attempt: number, timerMs: number, retryAt: number | null = null): ConnectionState => ({
  kind: "waiting",
  attempt,
  timerMs,
  retryAt,
});
