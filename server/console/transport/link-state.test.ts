import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterClose, backOff, type LinkState } from "./link-state.ts";

const chance = { now: 1000, random: 0.5, wantedDelayMs: null };
const connecting: LinkState = { kind: "connecting", attempt: 2 };

describe("a connection that is gone", () => {
  test.each([1000, 1006, 1012, 1013, 4000, 4408, 4413, 4429])("is tried again after %i", (code) => {
    expect(afterClose(connecting, code, chance)).toMatchObject({ kind: "waiting", attempt: 3 });
  });

  test("is not tried again where the token or the place was refused", () => {
    expect(afterClose(connecting, 4401, chance)).toEqual({ kind: "refused", because: "token" });
    expect(afterClose(connecting, 4403, chance)).toEqual({ kind: "refused", because: "place" });
  });

  test("starts counting anew only where it had held for a while", () => {
    const live = { kind: "live", agentName: "Agent", attempt: 4 } as const;
    expect(afterClose({ ...live, since: 900 }, 1006, chance)).toMatchObject({ attempt: 5 });
    expect(afterClose({ ...live, since: 0 }, 1006, { ...chance, now: 20_000 })).toMatchObject({ attempt: 0 });
  });

  test("comes back when a draining server asked for it", () => {
    const next = afterClose(connecting, 1012, { ...chance, wantedDelayMs: 700 });
    expect(next).toMatchObject({ retryAt: 1700 });
  });

  test("stays stopped", () => {
    expect(afterClose({ kind: "stopped" }, 1006, chance)).toEqual({ kind: "stopped" });
  });
});

test("the wait grows with every attempt, is spread by chance, and never passes a bound", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
      const delay = backOff(attempt, random);
      expect(delay).toBeGreaterThan(0);
      expect(delay).toBeLessThanOrEqual(15_200);
      expect(delay).toBeLessThanOrEqual(backOff(attempt + 1, random));
    }),
  );
  expect(backOff(9, 0.1)).not.toBe(backOff(9, 0.9));
});
