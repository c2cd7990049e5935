import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeCompanion } from "./fake-companion.ts";
import { createLink } from "./link.ts";
import { browserTimers } from "./timers.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const companion = createFakeCompanion();
  const onFrame = vi.fn();
  const link = createLink({
    token: "good",
    openSocket: companion.openSocket,
    clock: { now: () => Date.now() },
    timers: browserTimers,
    random: () => 0.5,
    onFrame,
  });
  return { companion, link, onFrame };
}

describe("the desk's connection", () => {
  test("speaks first, with the token, and is live once the server is ready", () => {
    const { companion, link } = setUp();
    expect(link.send({ t: "ping" })).toBe(false);
    companion.socket().open();
    expect(companion.socket().sent).toEqual([{ t: "auth", token: "good" }]);
    companion.socket().welcome();
    expect(link.state.value.kind).toBe("live");
    expect(link.send({ t: "ping" })).toBe(true);
  });

  test("comes back by itself, and at once when it is woken", () => {
    const { companion, link } = setUp();
    companion.socket().drop(1006);
    expect(link.state.value).toMatchObject({ kind: "waiting", attempt: 1 });
    vi.advanceTimersByTime(1000);
    expect(companion.sockets).toHaveLength(2);
    companion.socket().drop(1006);
    link.wake();
    expect(companion.sockets).toHaveLength(3);
    link.wake();
    expect(companion.sockets).toHaveLength(3);
  });

  test("gives a server that falls silent up within 20 seconds, and not one that answers", () => {
    const { companion, link } = setUp();
    const first = companion.socket();
    first.welcome();
    for (let second = 0; second < 60; second += 9) {
      vi.advanceTimersByTime(9000);
      first.receive({ t: "pong" });
    }
    expect(link.state.value.kind).toBe("live");
    vi.advanceTimersByTime(20_000);
    expect(first.closedWith).toBeDefined();
    expect(companion.sockets.length).toBeGreaterThan(1);
  });

  test("does not wait for ever for a network that swallows everything", () => {
    const { companion } = setUp();
    vi.advanceTimersByTime(11_000);
    expect(companion.sockets.length).toBeGreaterThan(1);
  });

  test("hears nothing more of a socket that it gave up", () => {
    const { companion, link, onFrame } = setUp();
    const first = companion.socket();
    first.welcome();
    first.drop(1006);
    vi.advanceTimersByTime(1000);
    onFrame.mockClear();
    first.receive({ t: "pong" });
    first.drop(4401);
    expect(onFrame).not.toHaveBeenCalled();
    expect(link.state.value.kind).toBe("connecting");
  });

  test("ends for good when it is stopped", () => {
    const { companion, link } = setUp();
    companion.socket().welcome();
    link.stop();
    companion.socket().drop(1000);
    vi.advanceTimersByTime(60_000);
    expect(companion.sockets).toHaveLength(1);
    expect(link.send({ t: "ping" })).toBe(false);
  });
});
