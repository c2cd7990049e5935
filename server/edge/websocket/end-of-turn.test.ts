import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createEndOfTurn } from "./end-of-turn.ts";

describe("the end of a turn", () => {
  it("runs what was asked for in this turn, in its order, after the promises that settle in it", async () => {
    const endOfTurn = createEndOfTurn();
    const done: string[] = [];
    endOfTurn(() => done.push("first"));
    await Promise.resolve().then(() => endOfTurn(() => done.push("second")));
    expect(done).toEqual([]);
    await nextTurn();
    expect(done).toEqual(["first", "second"]);
  });

  it("leaves to the next turns what takes longer than a slice, and does what those turns ask for before it", async () => {
    let now = 0;
    const endOfTurn = createEndOfTurn(() => now);
    const done: (number | string)[] = [];
    const ask = (name: number | string) =>
      endOfTurn(() => {
        now += 1;
        done.push(name);
      });
    for (let number = 0; number < 7; number++) ask(number);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(done).toEqual([0, 1]);
    ask("someone else's");
    await new Promise((resolve) => process.nextTick(resolve));
    expect(done).toEqual([0, 1, "someone else's"]);
    await nextTurn();
    expect(done).toEqual([0, 1, "someone else's", 2, 3]);
    await nextTurn();
    await nextTurn();
    expect(done).toEqual([0, 1, "someone else's", 2, 3, 4, 5, 6]);
  });

  it("does everything once, whatever is asked for while it works", async () => {
    let now = 0;
    const endOfTurn = createEndOfTurn(() => now++);
    const done: number[] = [];
    for (let number = 0; number < 50; number++)
      endOfTurn(() => {
        done.push(number);
        endOfTurn(() => done.push(100 + number));
      });
    while (done.length < 100) await nextTurn();
    await nextTurn();
    const sorted = [...done].sort((a, b) => a - b);
    expect(sorted).toEqual([...Array(50).keys(), ...Array.from({ length: 50 }, (_, n) => 100 + n)]);
    expect(done.filter((number) => number < 100)).toEqual([...Array(50).keys()]);
  });
});
