/**
 * The life of the WebSocket as a pure state machine: what happened → what is the case now and what is to be done.
 * `link.ts` owns the socket and the timer and does it. There is one timer; every state knows what its end means.
 */

import { backoffMs } from "./backoff.ts";

export type ConnectionState =
  /** No session to connect for. */
  | { readonly kind: "idle" }
  /** Connecting, or waiting for `ready`. `attempt`: losses in a row so far. */
  | { readonly kind: "authenticating"; readonly attempt: number }
  /**
   * `pinged`: the last ping has not been answered by any frame yet. `reconnectAt`: the server drains; milliseconds since
   * 1970-01-01 UTC, null while it does not.
   */
  | {
      readonly kind: "live";
      readonly attempt: number;
      readonly heartbeatMs: number;
      readonly pinged: boolean;
      readonly reconnectAt: number | null;
    }
  /** Lost. `retryAt` is null while the browser says that there is no network. */
  | { readonly kind: "waiting"; readonly attempt: number; readonly retryAt: number | null }
  /** The server will not have us: with 4401 the session is in doubt, otherwise trying again would not help. */
  | { readonly kind: "stopped"; readonly attempt: number; readonly closeCode: number };

export type ConnectionEvent =
  | { readonly kind: "start" }
  | { readonly kind: "stop" }
  /** The session that a 4401 put in doubt is good after all. */
  | { readonly kind: "again" }
  | { readonly kind: "opened" }
  | { readonly kind: "ready"; readonly heartbeatMs: number }
  /** Any other frame. */
  | { readonly kind: "heard" }
  | { readonly kind: "draining"; readonly reconnectInMs: number }
  | { readonly kind: "closed"; readonly code: number }
  | { readonly kind: "timer" }
  /** Online again, visible again, or “try now”. */
  | { readonly kind: "wake" }
  | { readonly kind: "offline" };

export type ConnectionEffect =
  | { readonly kind: "open" }
  | { readonly kind: "authenticate" }
  | { readonly kind: "ping" }
  /** Close the socket and hear nothing more of it. */
  | { readonly kind: "drop" }
  /** Restart the timer; null: clear it. */
  | { readonly kind: "timer"; readonly ms: number | null };

export interface ConnectionContext {
  /** Milliseconds since 1970-01-01 UTC; shown to people, decides nothing. */
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
  readonly online: boolean;
}

export interface ConnectionStep {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** From the socket's opening to `ready`. */
export const authenticationMs = 10_000;
/** How long a socket that slept or changed networks may take to show that it lives. */
export const probeMs = 5000;
/** Browsers are sometimes wrong about being offline: look anyway, this often. */
export const offlineLookMs = 15_000;

export function nextConnection(
  state: ConnectionState,
  event: ConnectionEvent,
  context: ConnectionContext,
): ConnectionStep {
  switch (event.kind) {
    case "start":
      return state.kind === "live" || state.kind === "authenticating" ? stay(state) : connect(0);
    case "stop":
      return to({ kind: "idle" }, drop, timer(null));
    case "again":
      return state.kind === "stopped" ? wait(state.attempt + 1, context) : stay(state);
    case "opened":
      return state.kind === "authenticating" ? stay(state, { kind: "authenticate" }) : stay(state);
    case "ready":
      return state.kind === "authenticating" ? live(state.attempt, event.heartbeatMs) : stay(state);
    case "heard":
      return state.kind === "live" && state.pinged ? to({ ...state, pinged: false }) : stay(state);
    case "draining":
      return state.kind === "live"
        ? to({ ...state, reconnectAt: context.now + event.reconnectInMs }, timer(event.reconnectInMs))
        : stay(state);
    case "closed":
      return closed(state, event.code, context);
    case "timer":
      return elapsed(state, context);
    case "wake":
      return woken(state);
    case "offline":
      return state.kind === "idle" || state.kind === "stopped"
        ? stay(state)
        : wait(attemptOf(state), context, drop);
  }
}

/** What a close code says about coming back. `CONTRACT.md`, section 6. */
export function fateOf(closeCode: number): "stop" | "wait" | "waitLonger" {
  if ([4400, 4401, 4403, 4409].includes(closeCode)) return "stop";
  return [4429, 1013].includes(closeCode) ? "waitLonger" : "wait";
}

function closed(state: ConnectionState, code: number, context: ConnectionContext): ConnectionStep {
  if (state.kind !== "authenticating" && state.kind !== "live") return stay(state);
  if (state.kind === "live" && state.reconnectAt !== null) {
    const ms = Math.max(0, state.reconnectAt - context.now);
    return to({ kind: "waiting", attempt: 0, retryAt: context.now + ms }, timer(ms));
  }
  // Only a connection that never came to be counts as one more failure; a lost one starts where it stood.
  const attempt = state.kind === "live" ? state.attempt : state.attempt + 1;
  switch (fateOf(code)) {
    case "stop":
      return to({ kind: "stopped", attempt, closeCode: code }, timer(null));
    case "waitLonger":
      return wait(Math.max(attempt, 3), context);
    case "wait":
      return wait(attempt, context);
  }
}

function elapsed(state: ConnectionState, context: ConnectionContext): ConnectionStep {
  switch (state.kind) {
    case "authenticating":
      return wait(state.attempt + 1, context, drop);
    case "waiting":
      return connect(state.attempt);
    case "live":
      if (state.reconnectAt !== null) return connect(0, drop);
      if (state.pinged) return wait(state.attempt, context, drop);
      // It lived through a whole heartbeat: only now are the failures before it forgotten. A server that takes
      // connections and drops them at once must not be hammered at the shortest delay.
      return to({ ...state, attempt: 0, pinged: true }, { kind: "ping" }, timer(state.heartbeatMs));
    case "idle":
    case "stopped":
      return stay(state);
  }
}

function woken(state: ConnectionState): ConnectionStep {
  if (state.kind === "waiting") return connect(state.attempt);
  // After sleep or a change of networks a dead socket still looks open: ask it, with less patience than usual.
  if (state.kind === "live" && state.reconnectAt === null)
    return to({ ...state, pinged: true }, { kind: "ping" }, timer(probeMs));
  return stay(state);
}

const drop: ConnectionEffect = { kind: "drop" };
const timer = (ms: number | null): ConnectionEffect => ({ kind: "timer", ms });
const to = (state: ConnectionState, ...effects: readonly ConnectionEffect[]): ConnectionStep => ({
  state,
  effects,
});
const stay = to;

const connect = (attempt: number, ...before: readonly ConnectionEffect[]): ConnectionStep =>
  to({ kind: "authenticating", attempt }, ...before, timer(authenticationMs), { kind: "open" });

const live = (attempt: number, heartbeatMs: number): ConnectionStep =>
  to({ kind: "live", attempt, heartbeatMs, pinged: false, reconnectAt: null }, timer(heartbeatMs));

function wait(
  attempt: number,
  context: ConnectionContext,
  ...before: readonly ConnectionEffect[]
): ConnectionStep {
  const ms = context.online ? backoffMs(attempt, context.random) : offlineLookMs;
  const retryAt = context.online ? context.now + ms : null;
  return to({ kind: "waiting", attempt, retryAt }, ...before, timer(ms));
}

const attemptOf = (state: Exclude<ConnectionState, { kind: "idle" }>): number => state.attempt;
