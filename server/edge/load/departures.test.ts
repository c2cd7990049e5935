import fc from "fast-check";
import { expect, test } from "vitest";
import type { Outlet } from "../websocket/outlet.ts";
import { createDepartures, departuresPerSecond, departureTimes } from "./departures.ts";

function setUp(spreadMs = 20_000) {
  const time = { at: 0, run: null as (() => void) | null };
  const departures = createDepartures({
    spreadMs,
    random: () => 0.5,
    now: () => time.at,
    every: (_, run) => {
      time.run = run;
      return () => {
        time.run = null;
      };
    },
  });
  return {
    departures,
    pass(ms: number) {
      time.at += ms;
      time.run?.();
    },
  };
}

function outlet() {
  const heard: (string | number)[] = [];
  const fake: Outlet = {
    open: true,
    congested: false,
    send: (frame) => void heard.push(frame.toString("utf8", 2)),
    close: (code) => void heard.push(code),
    fail: () => {},
  };
  return { ...fake, heard };
}

const farewell = ['{"t":"draining","reconnectInMs":500}', 1012];

test("everybody is sent away within the time, evenly: no second sees many more than another", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 30_000 }), (count, spreadMs) => {
      const times = departureTimes(count, spreadMs, Math.random);
      expect(Math.max(...times)).toBeLessThan(spreadMs);
      const seconds = Map.groupBy(times, (at) => Math.floor(at / 1000));
      const fair = Math.max(departuresPerSecond, Math.ceil(count / (spreadMs / 1000)));
      for (const second of seconds.values()) expect(second.length).toBeLessThanOrEqual(fair + 1);
    }),
  );
});

test("each is served until its turn comes, and then told to come back", async () => {
  const { departures, pass } = setUp();
  const [first, second] = [outlet(), outlet()];
  departures.join(first);
  departures.join(second);
  const left = departures.start();
  expect([first.heard, second.heard]).toEqual([[], []]);
  pass(10);
  expect([first.heard, second.heard]).toEqual([farewell, []]);
  pass(20);
  expect(second.heard).toEqual(farewell);
  await left;
});

test("with nobody there it is over at once; who comes then is sent away at once", async () => {
  const { departures } = setUp();
  await departures.start();
  const late = outlet();
  departures.join(late);
  expect(late.heard).toEqual(farewell);
});

test("who left by itself is not waited for", async () => {
  const { departures, pass } = setUp();
  const gone = outlet();
  departures.join(gone);
  const left = departures.start();
  departures.leave(gone);
  pass(1);
  await left;
  expect(gone.heard).toEqual([]);
});

test("hurried, all are sent away at once", async () => {
  const { departures } = setUp();
  const outlets = Array.from({ length: 2000 }, outlet);
  for (const each of outlets) departures.join(each);
  const left = departures.start();
  departures.hurry();
  await left;
  for (const { heard } of outlets) expect(heard).toEqual(farewell);
});
