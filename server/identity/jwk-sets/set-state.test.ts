import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ec } from "../fixtures/signing.ts";
import { jwkOf } from "./fixtures/turned-sets.ts";
import { readJwkSet } from "./read-set.ts";
import {
  afterFailure,
  afterSuccess,
  dueAt,
  isConclusive,
  mayAsk,
  type SetState,
  servingKeys,
  withoutExpired,
} from "./set-state.ts";

const second = 1000;
const minute = 60 * second;
const { keys } = await readJwkSet(JSON.stringify({ keys: [jwkOf(ec, "one")] }), 0);
const known = { keys: new Map(), leftOut: [], fetchedAt: 0 };
const unfetched: SetState = { kind: "unfetched", known: null };

const failing = (failures: number, random: number): SetState => {
  let state: SetState = unfetched;
  for (let time = 0; time < failures; time++) state = afterFailure(state, "down", 0, random);
  return state;
};

describe("A failing set", () => {
  it.each([
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 2000, 4000],
    [6, 16_000, 32_000],
    [7, 30_000, 60_000],
    [8, 30_000, 60_000],
    [5000, 30_000, 60_000],
  ])("after %i failures waits from %i to %i ms", (failures, least, most) => {
    expect(dueAt(failing(failures, 0), 0)).toBe(least);
    expect(dueAt(failing(failures, 1), 0)).toBe(most);
  });

  it("keeps the moment of the first failure, and the newest reason", () => {
    const state = afterFailure(afterFailure(unfetched, "down", 7, 0), "slow", 9, 0);
    expect(state).toMatchObject({ since: 7, failures: 2, reason: "slow" });
  });

  it("is left alone by unknown kids until its next turn", () => {
    expect([999, 1000].map((now) => mayAsk(failing(1, 1), now))).toEqual([false, true]);
  });

  it("starts anew after a success", () => {
    expect(afterFailure(afterSuccess(known, 0), "down", 0, 1)).toMatchObject({ failures: 1, retryAt: 1000 });
  });
});

describe("Known keys", () => {
  const day = 24 * 60 * minute;
  const fresh = afterSuccess({ ...known, keys }, 0);

  it.each([
    ["a clock two minutes behind the one that stored them", -2 * minute, 0],
    ["a clock a minute behind", -minute, 1],
    ["the moment they came", 0, 1],
    ["a day less a millisecond", day - 1, 1],
    ["a day", day, 0],
  ])("at %s", (_, now, serving) => {
    expect(servingKeys(fresh, now).size).toBe(serving);
    expect(isConclusive(fresh, now)).toBe(serving === 1);
    expect(isConclusive(afterFailure(fresh, "down", now, 0), now)).toBe(false);
  });

  it("are let go after a day of failure, once", () => {
    const state = afterFailure(fresh, "down", minute, 0);
    expect(withoutExpired(state, day - 1)).toBe(state);
    const expired = withoutExpired(state, day);
    expect(expired).toMatchObject({ kind: "failing", known: { keys: new Map(), fetchedAt: 0 } });
    expect(withoutExpired(expired, day)).toBe(expired);
    expect(withoutExpired(fresh, day)).toBe(fresh);
    expect(withoutExpired(failing(1, 0), day)).toEqual(failing(1, 0));
  });
});

it.each([
  ["fresh", afterSuccess({ ...known, fetchedAt: minute }, 0)],
  ["failing", afterFailure(unfetched, "down", minute, 0)],
])("A %s set is due at once where the clock was set back", (_, state) => {
  expect(dueAt(state, minute)).toBeGreaterThan(minute);
  expect(dueAt(state, minute - 1)).toBe(0);
});

it("A set is asked for unknown keys no more often than it may be fetched, whatever happens to it and to the clock", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          passed: fc.nat(20 * second),
          fails: fc.boolean(),
          random: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      ),
      (steps) => {
        let state: SetState = unfetched;
        let now = 0;
        let last = Number.NEGATIVE_INFINITY;
        for (const { passed, fails, random } of steps) {
          now += passed;
          if (!mayAsk(state, now)) continue;
          const wait = state.kind === "failing" ? 500 : 5 * second;
          expect(now - last).toBeGreaterThanOrEqual(wait);
          last = now;
          state = fails
            ? afterFailure(state, "down", now, random)
            : afterSuccess({ ...known, fetchedAt: now }, random);
          expect(dueAt(state, now) - now).toBeLessThanOrEqual(5 * minute);
        }
      },
    ),
  );
});
