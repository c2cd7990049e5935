import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeCompanion } from "./fake-companion.ts";
import { createLink } from "./link.ts";
import { browserTimers, type Timers } from "./timers.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 21) }));
afterEach(() => void vi.useRealTimers());

/** As a browser runs those of a tab that was hidden for five minutes. */
const hiddenTabTimers: Timers = {
  after(milliseconds, run) {
    const due = Date.now() + milliseconds;
    return browserTimers.after(Math.ceil(due / 60_000) * 60_000 - Date.now(), run);
  },
};

function setUp(timers = browserTimers) {
  const companion = createFakeCompanion();
  const onFrame = vi.fn();
  const link = createLink({
    token: "good",
    openSocket: companion.openSocket,
    clock: { now: () => Date.now() },
    timers,
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
    expect(companion.socket().sent).toEqual([{ t: "auth", token: "good", delivered: true }]);
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

  test("comes back to a draining server when it was told to, and not before", () => {
    const { companion } = setUp();
    companion.socket().welcome();
    companion.socket().receive({ t: "draining", reconnectInMs: 2000 });
    companion.socket().drop(1012);
    vi.advanceTimersByTime(1999);
    expect(companion.sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(companion.sockets).toHaveLength(2);
  });

  test("comes back to a full node when it was told to, and is told anew each time", () => {
    const { companion, link } = setUp();
    companion.socket().open();
    companion.socket().receive({ t: "draining", reconnectInMs: 5000 });
    companion.socket().drop(1013);
    vi.advanceTimersByTime(4999);
    expect(companion.sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(companion.sockets).toHaveLength(2);
    companion.socket().drop(1013);
    expect(link.state.value).toMatchObject({ kind: "waiting", attempt: 2, retryAt: Date.now() + 625 });
    vi.advanceTimersByTime(624);
    expect(companion.sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
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

  test("keeps a socket that answers while the tab is hidden and its timers run once a minute", () => {
    const { companion, link } = setUp(hiddenTabTimers);
    const first = companion.socket();
    first.welcome();
    let answered = 0;
    for (let second = 0; second < 600; second++) {
      vi.advanceTimersByTime(1000);
      for (; answered < first.frames("ping").length; answered++) first.receive({ t: "pong" });
      expect(link.state.value.kind).toBe("live");
    }
    expect(companion.sockets).toHaveLength(1);
    expect(answered).toBeGreaterThan(5);
  });

  test("gives a socket up that leaves a ping unanswered while the tab is hidden", () => {
    const { companion } = setUp(hiddenTabTimers);
    const first = companion.socket();
    first.welcome();
    vi.advanceTimersByTime(120_000);
    expect(first.frames("ping")).toHaveLength(1);
    expect(first.closedWith).toBeDefined();
    vi.advanceTimersByTime(60_000);
    expect(companion.sockets).toHaveLength(2);
  });

  test("asks a socket that slept when it is woken, keeps one that answers and replaces a dead one", () => {
    const { companion, link } = setUp();
    const first = companion.socket();
    first.welcome();
    link.wake();
    first.receive({ t: "pong" });
    vi.advanceTimersByTime(5000);
    expect(link.state.value.kind).toBe("live");
    first.receive({ t: "pong" });
    link.wake();
    vi.advanceTimersByTime(4999);
    expect(link.state.value.kind).toBe("live");
    vi.advanceTimersByTime(1);
    expect([link.state.value.kind, first.closedWith]).toEqual(["waiting", 1005]);
    link.wake();
    expect(companion.sockets).toHaveLength(2);
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
