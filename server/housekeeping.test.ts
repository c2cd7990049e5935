import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startHousekeeping } from "./housekeeping.ts";
import { createLog } from "./observability/log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Parts = Parameters<typeof startHousekeeping>[0];

/** Parts that do nothing but write down that they were asked, and a bus in whatever health the test gives it. */
function setUp(begunWith: Parts["bus"]["health"] = "certain") {
  let health = begunWith;
  const asked: string[] = [];
  let doubt = (): void => {};
  const recorder = (name: string) =>
    new Proxy({}, { get: (_, member) => async () => void asked.push(`${name}.${String(member)}`) });
  const names = [
    ...["config", "allowances", "attachments", "catchUp", "events", "gateway", "jwkSets", "keyUsage"],
    ...["liveSessions", "presence", "retention", "revocations", "sessions", "sharedFiles", "shedding"],
  ];
  const housekeeping = startHousekeeping({
    ...(Object.fromEntries(names.map((name) => [name, recorder(name)])) as unknown as Omit<
      Parts,
      "bus" | "log"
    >),
    bus: {
      get health() {
        return health;
      },
      subscribe: () => ({ end() {} }),
      onDoubt: (listener: () => void) => {
        doubt = listener;
        return () => {};
      },
    } as unknown as Parts["bus"],
    log: createLog("silent", { write() {} }),
  });
  asked.length = 0;
  return {
    housekeeping,
    asked,
    doubt: () => doubt(),
    become(next: Parts["bus"]["health"]) {
      health = next;
    },
    /** How often each was asked for in that time. */
    in(ms: number): Readonly<Record<string, number>> {
      asked.length = 0;
      vi.advanceTimersByTime(ms);
      const counts: Record<string, number> = {};
      for (const name of asked) counts[name] = (counts[name] ?? 0) + 1;
      return counts;
    },
  };
}

test("pulses, expiry, presence, keys and what the node carries are looked after each second", () => {
  const each = setUp().in(10_000);
  for (const name of [
    ...["liveSessions.sweep", "gateway.checkPulses", "events.checkPulses", "shedding.sweep"],
    ...["presence.sweep", "jwkSets.sweep", "revocations.sweep"],
  ])
    expect([name, each[name]]).toEqual([name, 10]);
});

test("files that nobody sent, what a policy keeps no longer and sessions of long ago go each minute; files for other nodes are kept", () => {
  const site = setUp();
  const names = [
    "attachments.sweep",
    "retention.sweep",
    "sessions.sweep",
    "sharedFiles.offer",
    "keyUsage.write",
    "allowances.sweep",
  ];
  const before = site.in(59_999);
  const after = site.in(1);
  for (const name of names) expect([name, before[name], after[name]]).toEqual([name, undefined, 1]);
});

test("what nodes share of their limits is settled ten times a second", () => {
  expect(setUp().in(1000)["allowances.settle"]).toBe(10);
});

test("where hints are cut or nodes missed, sessions and conversations are looked up twice a second, the configuration every three", () => {
  const site = setUp("whole");
  expect(site.in(3000)).toMatchObject({ "catchUp.sweep": 6, "config.refresh": 1 });
  expect(site.in(3000)["liveSessions.look"]).toBeUndefined();
  for (const health of ["cut", "partial"] as const) {
    site.become(health);
    expect(site.in(3000)).toMatchObject({ "liveSessions.look": 6, "catchUp.sweep": 6, "config.refresh": 1 });
  }
});

test("in one process nobody asks the store for what it can't have missed", () => {
  const counts = setUp("certain").in(60_000);
  expect([counts["liveSessions.look"], counts["config.refresh"]]).toEqual([undefined, undefined]);
});

test("a doubt has everything looked up at once", () => {
  const { doubt, asked } = setUp("whole");
  doubt();
  expect(asked).toEqual(["liveSessions.look", "catchUp.look", "config.refresh"]);
});

test("closed, it asks for nothing any more", () => {
  const site = setUp();
  site.housekeeping.close();
  expect(site.in(120_000)).toEqual({});
});
