import { expect, it } from "vitest";
import type { SessionPhase } from "../model/messenger-model.ts";
import { ada, bob, openAs } from "./fixtures/fake-model.ts";
import { nextHolder, nobody } from "./holder.ts";

const opening: SessionPhase = { kind: "opening" };
const expired: SessionPhase = { kind: "expired", contact: ada, canSignIn: true };

const generations = (...phases: SessionPhase[]) => {
  let holder = nobody;
  return phases.map((phase) => {
    holder = nextHolder(holder, phase);
    return holder.generation;
  });
};

it("keeps the screen of someone who began to write while the session opened", () => {
  expect(generations(opening, openAs(ada))).toEqual([0, 0]);
});

it("keeps it while the same customer's sign-in expires and is renewed", () => {
  expect(generations(openAs(ada), expired, openAs(ada))).toEqual([0, 0, 0]);
});

it("builds it anew for another customer, at once and by way of opening", () => {
  expect(generations(openAs(ada), openAs(bob))).toEqual([0, 1]);
  expect(generations(openAs(ada), opening, openAs(bob))).toEqual([0, 1, 1]);
  expect(generations(openAs(ada), opening, openAs(ada))).toEqual([0, 1, 1]);
});
