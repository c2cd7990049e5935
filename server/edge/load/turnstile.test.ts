import fc from "fast-check";
import { expect, test } from "vitest";
import { createTurnstile, type Passage } from "./turnstile.ts";

function setUp(atOnce: number) {
  const clock = { at: 0 };
  const turnstile = createTurnstile({ atOnce, now: () => clock.at });
  return { clock, turnstile };
}

const leave = (passage: Passage | undefined): void => {
  if (passage?.kind === "open") passage.leave();
};
const retryOf = (passage: Passage): number => (passage.kind === "later" ? passage.retryInMs : 0);

test("lets so many in at once, and the next where one has left", () => {
  const { turnstile } = setUp(2);
  const [first, second, third] = [turnstile.enter(), turnstile.enter(), turnstile.enter()];
  expect([first.kind, second.kind, third.kind]).toEqual(["open", "open", "later"]);
  leave(first);
  leave(first);
  expect(turnstile.enter().kind).toBe("open");
  expect(turnstile.enter().kind).toBe("later");
});

test("tells ten thousand who come together moments that no second has many more of than another", () => {
  const { turnstile } = setUp(200);
  const waits = Array.from({ length: 10_000 }, () => retryOf(turnstile.enter())).filter((ms) => ms > 0);
  const perSecond = Object.values(Object.groupBy(waits, (ms) => Math.floor(ms / 1000))).map(
    (all) => all?.length ?? 0,
  );
  expect(Math.max(...waits)).toBeLessThan(15_000);
  expect(Math.max(...perSecond)).toBeLessThan(1.5 * (waits.length / perSecond.length));
});

test("those who come while others are still to come are told moments behind theirs", () => {
  const { clock, turnstile } = setUp(1);
  turnstile.enter();
  const first = Array.from({ length: 2000 }, () => retryOf(turnstile.enter()));
  clock.at = 500;
  expect(clock.at + retryOf(turnstile.enter())).toBeGreaterThan(Math.max(...first));
  clock.at = 60_000;
  expect(retryOf(turnstile.enter())).toBe(1000);
});

test("never more inside than there may be, and nobody waits for ever, whatever the order", () => {
  const step = fc.record({ waitMs: fc.nat(50), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { clock, turnstile } = setUp(3);
      const inside: Passage[] = [];
      for (const { waitMs, leaves } of steps) {
        clock.at += waitMs;
        if (leaves) leave(inside.shift());
        else {
          const passage = turnstile.enter();
          expect(passage.kind).toBe(inside.length < 3 ? "open" : "later");
          if (passage.kind === "open") inside.push(passage);
          else expect(passage.retryInMs).toBeLessThanOrEqual(60_000);
        }
      }
    }),
  );
});
