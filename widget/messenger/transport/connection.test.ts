import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  authenticationMs,
  type ConnectionContext,
  type ConnectionEvent,
  type ConnectionState,
  drainAtMostMs,
  nextConnection,
  offlineLookMs,
  probeMs,
  restMs,
} from "./connection.ts";

const context: ConnectionContext = { now: 1_000_000, random: 0.5, online: true };
const timer: ConnectionEvent = { kind: "timer" };
const ready: ConnectionEvent = { kind: "ready", heartbeatMs: 9000 };
const closed = (code: number, reason = ""): ConnectionEvent => ({ kind: "closed", code, reason });

const idle: ConnectionState = { kind: "idle" };
const stopped: ConnectionState = { kind: "stopped", reason: "session_expired" };
const authenticating = (attempt = 0): ConnectionState => ({
  kind: "authenticating",
  attempt,
  timerMs: authenticationMs,
});
const waiting = (attempt: number, timerMs: number): ConnectionState => ({
  kind: "waiting",
  attempt,
  timerMs,
  retryAt: context.now + timerMs,
});
const live = (change: Partial<Extract<ConnectionState, { kind: "live" }>> = {}): ConnectionState => ({
  kind: "live",
  attempt: 0,
  timerMs: 9000,
  heartbeatMs: 9000,
  pinged: false,
  ...change,
});
const pinged = live({ pinged: true });

const following = (state: ConnectionState, ...events: readonly ConnectionEvent[]): ConnectionState =>
  events.reduce((current, event) => nextConnection(current, event, context), state);

describe("the connection", () => {
  test.each<[string, ConnectionState, ConnectionEvent, ConnectionState]>([
    ["connects on start", idle, { kind: "start" }, authenticating()],
    ["connects at once where it was waiting", waiting(3, 4000), { kind: "start" }, authenticating()],
    ["starts again after it was stopped", stopped, { kind: "start" }, authenticating()],
    ["lets everything go on stop", live(), { kind: "stop" }, idle],
    ["waits no longer on stop", waiting(3, 4000), { kind: "stop" }, idle],
    ["is live once the server is ready", authenticating(), ready, live()],
    ["gives up on a server that does not authenticate in time", authenticating(), timer, waiting(2, 2000)],
    ["pings after a heartbeat", live(), timer, pinged],
    ["takes any frame for the answer to a ping", pinged, { kind: "heard" }, live()],
    ["takes an unanswered ping for death", pinged, timer, waiting(0, 500)],
    ["connects when the wait is over, with its failures in mind", waiting(3, 4000), timer, authenticating(3)],
    ["connects when woken, with its failures in mind", waiting(3, 4000), { kind: "wake" }, authenticating(3)],
    [
      "asks a socket that may have died in its sleep, with less patience",
      live(),
      { kind: "wake" },
      live({ pinged: true, timerMs: probeMs }),
    ],
    [
      "returns to the usual heartbeat once a woken socket answers",
      live({ pinged: true, timerMs: probeMs }),
      { kind: "heard" },
      live(),
    ],
    [
      "comes back when a draining server says",
      live(),
      { kind: "draining", reconnectInMs: 700 },
      waiting(0, 700),
    ],
  ])("%s", (_, state, event, expected) => {
    expect(nextConnection(state, event, context)).toEqual(expected);
  });

  test.each<[string, ConnectionState, ConnectionEvent]>([
    ["starts once", authenticating(2), { kind: "start" }],
    ["stays live on start", live(), { kind: "start" }],
    ["keeps its heartbeat whatever it hears", live(), { kind: "heard" }],
    ["does not connect without a session when woken", idle, { kind: "wake" }],
    ["does not come back by itself when woken after it was stopped", stopped, { kind: "wake" }],
    ["does not connect twice when woken", authenticating(), { kind: "wake" }],
    ["has nothing to lose while idle", idle, { kind: "offline" }],
    ["stays stopped when the network goes", stopped, { kind: "offline" }],
  ])("%s", (_, state, event) => {
    expect(nextConnection(state, event, context)).toBe(state);
  });

  test.each([4400, 4401, 4403, 4409])("stops for good at close code %i, and says why", (code) => {
    for (const state of [authenticating(2), live()])
      expect(following(state, closed(code, "forbidden"))).toEqual({ kind: "stopped", reason: "forbidden" });
  });

  test.each([1000, 1006, 1012, 4408, 4413])("waits and comes back after close code %i", (code) => {
    expect(following(live(), closed(code))).toEqual(waiting(0, 500));
    expect(following(authenticating(), closed(code))).toEqual(waiting(1, 1000));
  });

  test.each([4429, 1013])("waits longer after close code %i", (code) => {
    expect(following(live(), closed(code))).toEqual(waiting(3, 4000));
    expect(following(authenticating(3), closed(code))).toEqual(waiting(4, 7500));
  });

  test("waits twice as long after each failure in a row, up to fifteen seconds", () => {
    const ceilings: number[] = [];
    let state = following(live(), closed(1006));
    for (let failure = 0; failure < 6; failure++) {
      if (state.kind === "waiting") ceilings.push(state.timerMs / context.random);
      state = following(state, timer, closed(1006));
    }
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
  });

  test("comes back anywhere below the ceiling, never at once", () => {
    const waits = [0, 0.25, 0.999].map((random) => {
      const state = nextConnection(authenticating(1), closed(1006), { ...context, random });
      return "timerMs" in state && state.timerMs;
    });
    expect(waits).toEqual([250, 1000, 3996]);
  });

  test("forgets its failures only after a whole heartbeat", () => {
    const young = following(authenticating(5), ready);
    expect(following(young, closed(1006))).toMatchObject({ kind: "waiting", attempt: 5 });
    expect(following(young, { kind: "heard" }, closed(1006))).toMatchObject({ attempt: 5 });
    expect(following(young, { kind: "wake" }, { kind: "heard" }, closed(1006))).toMatchObject({ attempt: 5 });
    expect(following(young, timer, closed(1006))).toMatchObject({ kind: "waiting", attempt: 0 });
  });

  test("offline it has no time to name, but looks all the same", () => {
    const offline = { ...context, online: false };
    const lost = { kind: "waiting", timerMs: offlineLookMs, retryAt: null };
    expect(nextConnection(live(), { kind: "offline" }, offline)).toEqual({ ...lost, attempt: 0 });
    const again = nextConnection(authenticating(), closed(1006), offline);
    expect(again).toEqual({ ...lost, attempt: 1 });
    expect(following(again, timer)).toEqual(authenticating(1));
  });

  const anyEvent: fc.Arbitrary<ConnectionEvent> = fc.oneof(
    fc.constantFrom<ConnectionEvent>(
      { kind: "start" },
      { kind: "stop" },
      { kind: "heard" },
      timer,
      { kind: "wake" },
      { kind: "rest" },
      { kind: "offline" },
    ),
    fc.record({ kind: fc.constant("ready" as const), heartbeatMs: fc.integer({ min: 1000, max: 60_000 }) }),
    fc.record({ kind: fc.constant("draining" as const), reconnectInMs: fc.nat() }),
    fc.constantFrom(1000, 1006, 1012, 4401, 4403, 4429).map((code) => closed(code)),
  );

  test("rests while nobody looks, until it is woken, or a day has passed", () => {
    for (const state of [live(), authenticating(1), waiting(1, 1000)]) {
      const resting = following(state, { kind: "rest" });
      expect(resting).toMatchObject({ kind: "waiting", timerMs: restMs, retryAt: null });
      expect(following(resting, { kind: "wake" }).kind).toBe("authenticating");
      expect(following(resting, timer).kind).toBe("authenticating");
    }
    for (const state of [idle, stopped]) expect(following(state, { kind: "rest" })).toBe(state);
  });

  test("believes no server that sends it away for ever", () => {
    const draining = { kind: "draining", reconnectInMs: 1e12 } as const;
    expect(following(live(), draining)).toEqual(waiting(0, drainAtMostMs));
  });

  test("whatever happens: only start leaves a rest, and from everywhere else time alone leads back to an attempt", () => {
    const heardOfSocket = ["ready", "heard", "draining", "closed"];
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.boolean(),
        (events, random, online) => {
          const circumstances = { ...context, random, online };
          let state: ConnectionState = idle;
          for (const event of events) {
            const isOver = state.kind === "idle" || state.kind === "stopped";
            // A socket that is not there can't speak, and a timer that is not set can't end.
            if (heardOfSocket.includes(event.kind) && (isOver || state.kind === "waiting")) continue;
            if (event.kind === "timer" && isOver) continue;
            const next = nextConnection(state, event, circumstances);
            if (isOver && !["start", "stop"].includes(event.kind)) expect(next).toBe(state);
            if ("timerMs" in next) {
              expect(next.timerMs).toBeGreaterThanOrEqual(0);
              const isResting = next.kind === "waiting" && next.retryAt === null;
              expect(next.timerMs).toBeLessThanOrEqual(isResting ? restMs : drainAtMostMs);
              expect(attemptsAfter(next, circumstances)).toBe(true);
            } else expect(["idle", "stopped"]).toContain(next.kind);
            state = next;
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  /** Nothing is heard any more; a few timers later it connects anew. */
  function attemptsAfter(state: ConnectionState, circumstances: ConnectionContext): boolean {
    let current = state;
    for (let count = 0; count < 4; count++) {
      current = nextConnection(current, timer, circumstances);
      if (current.kind === "authenticating") return true;
    }
    return false;
  }
});
