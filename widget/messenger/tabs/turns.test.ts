import { beforeEach, describe, expect, test } from "vitest";
import { FakeShelf } from "../fixtures/fake-company.ts";
import { settled } from "../fixtures/fake-time.ts";
import { everyonesTurn, type Turns, turnsByLock } from "./turns.ts";

let shelf: FakeShelf;
let calls: string[];

/** @returns ends the tab */
function tab(): { readonly turns: Turns; end(): void } {
  const life = new AbortController();
  const { locks } = shelf.parts(life.signal);
  if (!locks) throw new Error("There are no locks.");
  return { turns: turnsByLock(locks, "outbox"), end: () => life.abort() };
}

beforeEach(() => {
  shelf = new FakeShelf();
  calls = [];
});

describe("the turn by lock", () => {
  test("is one tab's at a time, in the order asked", async () => {
    const [one, two, three] = [tab(), tab(), tab()];
    const back = one.turns(() => calls.push("one"));
    two.turns(() => calls.push("two"));
    three.turns(() => calls.push("three"));
    await settled();
    expect(calls).toEqual(["one"]);
    back();
    await settled();
    expect(calls).toEqual(["one", "two"]);
    two.end();
    await settled();
    expect(calls).toEqual(["one", "two", "three"]);
  });

  test("passes whoever has given up waiting", async () => {
    const [one, two, three] = [tab(), tab(), tab()];
    const back = one.turns(() => calls.push("one"));
    const giveUp = two.turns(() => calls.push("two"));
    three.turns(() => calls.push("three"));
    giveUp();
    await settled();
    back();
    await settled();
    expect(calls).toEqual(["one", "three"]);
  });

  test("that is given back before it came does not come, and holds nobody up", async () => {
    const [one, two] = [tab(), tab()];
    one.turns(() => calls.push("one"))();
    two.turns(() => calls.push("two"));
    await settled();
    expect(calls).toEqual(["two"]);
  });

  test("is everyone's where the browser refuses locks", async () => {
    const locks = { request: () => Promise.reject(new DOMException("Denied.", "SecurityError")) };
    turnsByLock(locks as unknown as LockManager, "outbox")(() => calls.push("one"));
    await settled();
    expect(calls).toEqual(["one"]);
  });
});

test("without locks it is everyone's", () => {
  for (const name of ["one", "two"]) everyonesTurn(() => calls.push(name))();
  expect(calls).toEqual(["one", "two"]);
});
