import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  authenticationMs,
  type ConnectionContext,
  type ConnectionEvent,
  type ConnectionState,
  fateOf,
  nextConnection,
  offlineLookMs,
  probeMs,
} from "./connection.ts";

const context: ConnectionContext = { now: 1_000_000, random: 0.5, online: true };
const idle: ConnectionState = { kind: "idle" };
const authenticating = (attempt = 0): ConnectionState => ({ kind: "authenticating", attempt });
const live = (change: Partial<Extract<ConnectionState, { kind: "live" }>> = {}): ConnectionState => ({
  kind: "live",
  attempt: 0,
  heartbeatMs: 9000,
  pinged: false,
  reconnectAt: null,
  ...change,
});
const waiting = (attempt = 0): ConnectionState => ({ kind: "waiting", attempt, retryAt: 1_000_500 });
const stopped = (closeCode = 4401, attempt = 0): ConnectionState => ({ kind: "stopped", attempt, closeCode });

/** The new state's kind, then the effects in order. */
function outcome(state: ConnectionState, event: ConnectionEvent, change: Partial<ConnectionContext> = {}) {
  const step = nextConnection(state, event, { ...context, ...change });
  return [
    step.state.kind,
    ...step.effects.map((effect) => (effect.kind === "timer" ? `timer ${effect.ms}` : effect.kind)),
  ].join(", ");
}

describe("the connection", () => {
  test.each<[string, ConnectionState, ConnectionEvent, string]>([
    ["connects on start", idle, { kind: "start" }, `authenticating, timer ${authenticationMs}, open`],
    ["starts once", authenticating(), { kind: "start" }, "authenticating"],
    ["stays live on start", live(), { kind: "start" }, "live"],
    [
      "connects at once where it was waiting",
      waiting(),
      { kind: "start" },
      `authenticating, timer ${authenticationMs}, open`,
    ],
    [
      "starts again after it was stopped",
      stopped(),
      { kind: "start" },
      `authenticating, timer ${authenticationMs}, open`,
    ],
    ["lets everything go on stop", live(), { kind: "stop" }, "idle, drop, timer null"],
    [
      "authenticates in the first frame",
      authenticating(),
      { kind: "opened" },
      "authenticating, authenticate",
    ],
    ["beats once it is live", authenticating(), { kind: "ready", heartbeatMs: 9000 }, "live, timer 9000"],
    [
      "gives up on a server that does not answer",
      authenticating(),
      { kind: "timer" },
      "waiting, drop, timer 1000",
    ],
    ["pings after a heartbeat", live(), { kind: "timer" }, "live, ping, timer 9000"],
    [
      "takes an unanswered ping for death",
      live({ pinged: true }),
      { kind: "timer" },
      "waiting, drop, timer 500",
    ],
    [
      "connects when the wait is over",
      waiting(3),
      { kind: "timer" },
      `authenticating, timer ${authenticationMs}, open`,
    ],
    ["connects when woken", waiting(3), { kind: "wake" }, `authenticating, timer ${authenticationMs}, open`],
    [
      "asks a socket that may have died in its sleep",
      live(),
      { kind: "wake" },
      `live, ping, timer ${probeMs}`,
    ],
    ["lets go when the network does", live(), { kind: "offline" }, "waiting, drop, timer 500"],
    ["has nothing to lose while idle", idle, { kind: "offline" }, "idle"],
    ["tries again after a doubt, not at once", stopped(4401, 0), { kind: "again" }, "waiting, timer 1000"],
    ["stays idle when a stopped socket closes", idle, { kind: "closed", code: 1006 }, "idle"],
    ["stays up while the server drains", live(), { kind: "draining", reconnectInMs: 700 }, "live, timer 700"],
    [
      "moves when the drain says",
      live({ reconnectAt: 1_000_700 }),
      { kind: "timer" },
      `authenticating, drop, timer ${authenticationMs}, open`,
    ],
    [
      "waits for the rest of the drain",
      live({ reconnectAt: 1_000_700 }),
      { kind: "closed", code: 1012 },
      "waiting, timer 700",
    ],
    ["does not probe a draining server", live({ reconnectAt: 1_000_700 }), { kind: "wake" }, "live"],
  ])("%s", (_, state, event, expected) => {
    expect(outcome(state, event)).toBe(expected);
  });

  test.each([
    [4400, "stop"],
    [4401, "stop"],
    [4403, "stop"],
    [4409, "stop"],
    [4408, "wait"],
    [4413, "wait"],
    [4429, "waitLonger"],
    [1013, "waitLonger"],
    [1012, "wait"],
    [1006, "wait"],
    [1000, "wait"],
  ])("sorts close code %i: %s", (code, fate) => {
    expect(fateOf(code)).toBe(fate);
    const { state } = nextConnection(live(), { kind: "closed", code }, context);
    expect(state.kind).toBe(fate === "stop" ? "stopped" : "waiting");
    if (fate === "waitLonger") expect(state).toMatchObject({ attempt: 3 });
  });

  test("any frame answers a ping", () => {
    const { state } = nextConnection(live({ pinged: true }), { kind: "heard" }, context);
    expect(outcome(state, { kind: "timer" })).toBe("live, ping, timer 9000");
  });

  test("forgets its failures only after a whole heartbeat", () => {
    const young = nextConnection(authenticating(5), { kind: "ready", heartbeatMs: 9000 }, context).state;
    expect(nextConnection(young, { kind: "closed", code: 1006 }, context).state).toMatchObject({
      attempt: 5,
    });
    const proven = nextConnection(young, { kind: "timer" }, context).state;
    expect(nextConnection(proven, { kind: "closed", code: 1006 }, context).state).toMatchObject({
      attempt: 0,
    });
  });

  test("offline it has no time to name, but looks all the same", () => {
    const step = nextConnection(
      authenticating(),
      { kind: "closed", code: 1006 },
      { ...context, online: false },
    );
    expect(step).toEqual({
      state: { kind: "waiting", attempt: 1, retryAt: null },
      effects: [{ kind: "timer", ms: offlineLookMs }],
    });
  });

  const anyEvent: fc.Arbitrary<ConnectionEvent> = fc.oneof(
    fc.constantFrom<ConnectionEvent>(
      { kind: "start" },
      { kind: "stop" },
      { kind: "again" },
      { kind: "opened" },
      { kind: "heard" },
      { kind: "timer" },
      { kind: "wake" },
      { kind: "offline" },
    ),
    fc.record({ kind: fc.constant("ready" as const), heartbeatMs: fc.integer({ min: 1000, max: 60_000 }) }),
    fc.record({ kind: fc.constant("draining" as const), reconnectInMs: fc.nat(20_000) }),
    fc.record({
      kind: fc.constant("closed" as const),
      code: fc.constantFrom(1000, 1006, 1012, 4401, 4403, 4429),
    }),
  );

  test("whatever happens: at most one socket, and a timer in every state that waits", () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (events, random) => {
          let state: ConnectionState = idle;
          let sockets = 0;
          let timer: number | null = null;
          for (const event of events) {
            // A socket that is not there can't speak, and a timer that is not set can't end.
            if (["opened", "ready", "heard", "draining", "closed"].includes(event.kind) && sockets === 0)
              continue;
            if (event.kind === "timer") {
              if (timer === null) continue;
              timer = null;
            }
            if (event.kind === "closed") sockets--;
            const step = nextConnection(state, event, { ...context, random });
            state = step.state;
            for (const effect of step.effects) {
              if (effect.kind === "drop") sockets = 0;
              if (effect.kind === "open") sockets++;
              if (effect.kind === "timer") timer = effect.ms;
            }
            expect(sockets).toBeLessThanOrEqual(1);
            if (state.kind === "idle" || state.kind === "stopped")
              expect([sockets, timer]).toEqual([0, null]);
            else expect(timer).not.toBeNull();
            if (state.kind === "live" || state.kind === "authenticating") expect(sockets).toBe(1);
            if (state.kind === "waiting") {
              expect(sockets).toBe(0);
              expect(timer).toBeLessThanOrEqual(20_000);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
