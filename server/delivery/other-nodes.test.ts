import { expect, test } from "vitest";
import { createOtherNodes } from "./other-nodes.ts";

function setUp() {
  const others = createOtherNodes({ patience: 2, memory: 5 });
  const tick = (times: number) => {
    for (let time = 0; time < times; time++) others.tick();
  };
  return { others, tick };
}

test("a node that falls silent is missing, until it is heard again", () => {
  const { others, tick } = setUp();
  expect(others.heard("a")).toBe("new");
  tick(2);
  expect(others.missing).toBe(false);
  tick(1);
  expect(others.missing).toBe(true);
  expect(others.heard("a")).toBe("back");
  expect(others.missing).toBe(false);
  expect(others.heard("a")).toBe("known");
});

test("who takes leave is not missed, and who is silent for long is forgotten", () => {
  const { others, tick } = setUp();
  others.heard("a");
  others.gone("a");
  tick(3);
  expect(others.missing).toBe(false);
  others.heard("b");
  tick(5);
  expect(others.missing).toBe(true);
  tick(1);
  expect(others.missing).toBe(false);
  expect(others.heard("b")).toBe("new");
});

test("nobody is blamed for a time in which we could not hear", () => {
  const { others, tick } = setUp();
  others.heard("a");
  tick(3);
  others.forgive();
  expect(others.missing).toBe(false);
  tick(2);
  expect(others.missing).toBe(false);
});
